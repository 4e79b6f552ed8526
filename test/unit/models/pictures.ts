import { createCorrection, type Correction, type Guide, type PixelArray, type SampleFormat } from '@evenlight/models';

/** Numbers in 0..1 that only depend on the seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Noise over the whole range of the format. */
export function noise(format: SampleFormat, length: number, seed = 1): PixelArray {
  const random = randomNumbers(seed);
  if (format === 'uint8') return Uint8Array.from({ length }, () => Math.floor(random() * 256));
  if (format === 'uint16') return Uint16Array.from({ length }, () => Math.floor(random() * 65536));
  if (format === 'uint15') return Uint16Array.from({ length }, () => Math.floor(random() * 32769));
  return Float32Array.from({ length }, random);
}

interface GridShape {
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly gridDepth: number;
  readonly guide?: Guide;
}

export const LUMA_GUIDE: Guide = { weights: [0.25, 0.5, 0.25], gamma: 1 };

/** A grid in which every cell says something else, by up to `change` from the identity. */
export function roughCorrection({ guide = LUMA_GUIDE, ...grid }: GridShape, change = 0.4, seed = 7): Correction {
  const random = randomNumbers(seed);
  const length = grid.gridWidth * grid.gridHeight * grid.gridDepth * 12;
  const coefficients = Float64Array.from(
    { length },
    (_, i) => ([0, 5, 10].includes(i % 12) ? 1 : 0) + change * (random() - 0.5),
  );
  return createCorrection({ ...grid, guide, coefficients });
}

/** The same 3×4 matrix everywhere. */
export function uniformCorrection(matrix: readonly number[]): Correction {
  return createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: LUMA_GUIDE, coefficients: matrix });
}
