import type { TrainedNetwork } from '../training/trained-network.ts';
import type { RunFile } from '../run-file.ts';
import type { ModelContract } from '@evenlight/models';

/** The largest box that an image network's proxies fit inside, in pixels: what a CPU can take. */
const LARGEST_IMAGE_BOX = 512;

/** What a contract says before the files exist: all but their real sizes and checksums, licence and scores. */
export function draftContract(run: RunFile, guide: TrainedNetwork['guide']): ModelContract {
  const file = { path: 'none', sha256: '0'.repeat(64), sizeBytes: 0 };
  const shared = {
    schema: 1 as const,
    name: run.name,
    version: '0',
    title: run.name,
    licence: 'unpublished',
    guide,
    files: { tfjs: { model: file, weights: [file] }, onnx: { fp32: file } },
  };
  const input = { channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' } as const;
  if (run.network.type === 'autoencoder') {
    // It must see pictures at the size it was trained at: how much of one lies in its receptive field depends on that.
    const side = Math.min(LARGEST_IMAGE_BOX, Math.max(8, 8 * Math.round(run.size / 8)));
    const box = { width: side, height: side, fit: 'inside', multipleOf: 8 } as const;
    return { ...shared, kind: 'image', input: { ...input, ...box }, output: { kind: 'image' } };
  }
  const side = run.size / 2 ** (run.network.widths.length - run.network.upLevels);
  return {
    ...shared,
    kind: 'grid',
    input: { ...input, width: run.size, height: run.size },
    output: { kind: 'grid', gridWidth: side, gridHeight: side, gridDepth: run.network.gridDepth },
  };
}
