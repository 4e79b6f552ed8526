import type { ModelContract } from '@evenlight/models';
import type { RunFile } from '../run-file.ts';
import type { TrainedNetwork } from '../training/trained-network.ts';

/** What a contract says before the files exist: all but their real sizes and checksums, licence and scores. */
export function draftContract(run: RunFile, guide: TrainedNetwork['guide']): ModelContract {
  const side = run.size / 2 ** (run.network.widths.length - run.network.upLevels);
  const file = { path: 'none', sha256: '0'.repeat(64), sizeBytes: 0 };
  return {
    schema: 1,
    name: run.name,
    version: '0',
    title: run.name,
    licence: 'unpublished',
    kind: 'grid',
    input: { width: run.size, height: run.size, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
    output: { kind: 'grid', gridWidth: side, gridHeight: side, gridDepth: run.network.gridDepth },
    guide,
    files: { tfjs: { model: file, weights: [file] }, onnx: { fp32: file } },
  };
}
