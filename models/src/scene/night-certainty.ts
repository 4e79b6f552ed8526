import { lumaAt } from '../luma.ts';
import type { ProxyImage } from '../proxy.ts';
import type { Steps } from '../steps.ts';
import { ramp, type Ramp } from './ramp.ts';

/*
 * An under-exposed photograph has shapes in its dark; a night sky has points and grain, and nothing larger. Measured
 * (`trainer/LOG.md`): of 348 photographs that were darkened by 1.5 to 6 stops three pass for a night sky in part, one of them
 * wholly; of 118 dark development pictures none; of 37 drawn starry skies and cities nearly all.
 */

/** Blocks of so many pixels along a side; a proxy of 256 has 32 of them. */
const BLOCK = 8;
/** The brightest fifth of the blocks may hold what is lit: a moon, a town, the horizon. */
const DARK_SHARE = 0.8;

/** The median luma of the picture, as an 8-bit code. */
const DARKNESS: Ramp = [40, 30];
/** How far the blocks' medians lie from those of their row, 0..1: in photographs that were darkened by two stops twelve codes, in a sky with the milky way four. */
const SHAPES: Ramp = [5 / 255, 4 / 255];
/** How much a pixel differs from the next one, as a share of how much it differs from the one a block farther on: for points and grain alone it would be 1. */
const FINENESS: Ramp = [0.45, 0.55];
/** The middle half of a block's pixels lies within this share of their median. */
const UNEVENNESS: Ramp = [0.2, 0.13];

/**
 * How certain it is that a picture shows an empty night sky with points in it, 0..1, and is as dark as it should be. In pieces.
 *
 * @param proxy sRGB-encoded 0..1
 */
export function* nightCertaintySteps({ width, height, pixels }: ProxyImage): Steps<number> {
  const luma = new Float32Array(width * height);
  for (let i = 0; i < luma.length; i++) luma[i] = lumaAt(pixels, i * 3);
  yield;
  const ofDarkness = ramp(medianCode(luma), DARKNESS);
  if (ofDarkness === 0 || width < 2 * BLOCK || height < 2 * BLOCK) return 0;
  yield;
  const blocks = blocksOf(luma, width, height);
  yield;
  const unevenness = quantile(Float32Array.from(blocks.flat(), ({ unevenness }) => unevenness).sort(), 0.5);
  return (
    ofDarkness * ramp(shapes(blocks), SHAPES) * ramp(fineness(luma, width), FINENESS) * ramp(unevenness, UNEVENNESS)
  );
}

/** Counted, not sorted: sorting 65,536 values took ten milliseconds, as long as the network. */
function medianCode(luma: Float32Array): number {
  const counts = new Uint32Array(256);
  for (const value of luma) counts[Math.round(255 * value)]!++;
  let [code, below] = [0, counts[0]!];
  while (2 * below < luma.length) below += counts[++code]!;
  return code;
}

interface Block {
  readonly median: number;
  readonly unevenness: number;
}

/** Row by row. */
function blocksOf(luma: Float32Array, width: number, height: number): Block[][] {
  const values = new Float32Array(BLOCK * BLOCK);
  return Array.from({ length: Math.floor(height / BLOCK) }, (_, row) =>
    Array.from({ length: Math.floor(width / BLOCK) }, (_, column) => {
      for (let y = 0; y < BLOCK; y++) {
        const start = (row * BLOCK + y) * width + column * BLOCK;
        values.set(luma.subarray(start, start + BLOCK), y * BLOCK);
      }
      values.sort();
      const median = quantile(values, 0.5);
      return { median, unevenness: (quantile(values, 0.75) - quantile(values, 0.25)) / (median + 1 / 255) };
    }),
  );
}

/** The standard deviation of the dark blocks' medians from the mean of their row: a sky gets brighter towards the horizon. */
function shapes(blocks: readonly (readonly Block[])[]): number {
  const limit = quantile(Float32Array.from(blocks.flat(), ({ median }) => median).sort(), DARK_SHARE);
  let [sum, count] = [0, 0];
  for (const row of blocks) {
    const dark = row.map(({ median }) => median).filter((median) => median <= limit);
    const mean = dark.reduce((total, median) => total + median, 0) / dark.length;
    for (const median of dark) sum += (median - mean) ** 2;
    count += dark.length;
  }
  return Math.sqrt(sum / count);
}

function fineness(luma: Float32Array, width: number): number {
  let [near, far, count] = [0, 0, 0];
  for (let i = 0; i < luma.length; i++) {
    if (i % width >= width - BLOCK) continue;
    near += Math.abs(luma[i + 1]! - luma[i]!);
    far += Math.abs(luma[i + BLOCK]! - luma[i]!);
    count++;
  }
  // A hundredth of a code more: where nothing differs there are no points.
  return near / (far + (0.01 / 255) * count);
}

function quantile(sorted: Float32Array, share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}
