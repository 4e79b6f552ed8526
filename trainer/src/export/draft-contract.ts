import { LIFT_RADIUS, type ModelContract, type RestorationContract } from '@evenlight/models';
import type { GridNetworkSpec } from '../network/grid-network.ts';
import { networkReach, type RestorationNetworkSpec, tileMultiple } from '../network/restoration-network.ts';
import type { RunFile } from '../run-file.ts';
import type { TrainedNetwork } from '../training/trained-network.ts';

/** The largest box for an image network's proxies, in pixels: as much as a CPU can compute in time. */
const LARGEST_IMAGE_BOX = 512;

const PIXELS = { colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' } as const;

/** What every contract says before the files exist: all but their real sizes and checksums, licence and scores. */
function draftOf({ name }: RunFile) {
  const file = { path: 'none', sha256: '0'.repeat(64), sizeBytes: 0 };
  return {
    schema: 1 as const,
    name,
    version: '0',
    title: name,
    licence: 'unpublished',
    files: { tfjs: { model: file, weights: [file] }, onnx: { fp32: file } },
  };
}

/** The contract of a run's network that corrects exposure. @throws Error for a network that restores */
export function draftContract(run: RunFile, guide: TrainedNetwork['guide']): ModelContract {
  const { network, size } = run;
  switch (network.type) {
    case 'autoencoder':
      return { ...draftOf(run), guide, ...imageParts(size) };
    case 'grid':
      return { ...draftOf(run), guide, ...gridParts(network, size) };
    case 'restoration':
      throw new Error(`'${run.name}' restores, it does not correct exposure`);
  }
}

function imageParts(size: number) {
  // It must see pictures at the size it was trained at, because that decides how much of one lies in its receptive field.
  const side = Math.min(LARGEST_IMAGE_BOX, Math.max(8, 8 * Math.round(size / 8)));
  const box = { width: side, height: side, fit: 'inside', multipleOf: 8 } as const;
  return { kind: 'image', input: { ...PIXELS, channels: 3, ...box }, output: { kind: 'image' } } as const;
}

function gridParts({ widths, upLevels, gridDepth }: GridNetworkSpec, size: number) {
  const side = size / 2 ** (widths.length - upLevels);
  return {
    kind: 'grid',
    input: { ...PIXELS, channels: 3, width: size, height: size },
    output: { kind: 'grid', gridWidth: side, gridHeight: side, gridDepth },
  } as const;
}

/** The contract of a run's network that restores. */
export function draftRestorationContract(run: RunFile, network: RestorationNetworkSpec): RestorationContract {
  return {
    ...draftOf(run),
    kind: 'restoration',
    input: { ...PIXELS, channels: 4, multipleOf: tileMultiple(network), reach: networkReach(network) + LIFT_RADIUS },
    output: { kind: 'residual', channels: 3 },
  };
}
