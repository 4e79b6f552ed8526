import { LEVELS } from './natural-spline.ts';

/** What every level should become, and how much that matters: `[256]` each, outputs in levels 0..255, rising. */
export interface LevelMap {
  readonly outputs: Float64Array;
  readonly weights: Float64Array;
}

/** The weight of a level that the picture does not have, as a share of the average level's weight. */
const PRIOR_SHARE = 0.02;

/** Collects what pixels were and should become, level by level. */
export interface LevelSums {
  readonly weights: Float64Array;
  readonly outputs: Float64Array;
}

export function createLevelSums(): LevelSums {
  return { weights: new Float64Array(LEVELS), outputs: new Float64Array(LEVELS) };
}

/** Adds one sample, shared between its two neighbouring levels; values 0..1. */
export function addSample(sums: LevelSums, input: number, output: number, weight: number): void {
  const position = Math.min(1, Math.max(0, input)) * (LEVELS - 1);
  const low = Math.min(LEVELS - 2, Math.floor(position));
  const upper = (position - low) * weight;
  const lower = weight - upper;
  // Both neighbours are credited with the sample's own gain, so that sharing it does not flatten a steep curve.
  const change = output * (LEVELS - 1) - position;
  sums.weights[low]! += lower;
  sums.outputs[low]! += lower * (low + change);
  sums.weights[low + 1]! += upper;
  sums.outputs[low + 1]! += upper * (low + 1 + change);
}

/** The weighted means, rising; levels without samples follow `prior` (levels 0..255). */
export function levelMap(sums: LevelSums, prior: Float64Array): LevelMap {
  const total = sums.weights.reduce((sum, weight) => sum + weight, 0);
  const priorWeight = Math.max(1e-9, (PRIOR_SHARE * total) / LEVELS);
  const weights = sums.weights.map((weight) => weight + priorWeight);
  const outputs = sums.outputs.map((sum, level) => (sum + priorWeight * prior[level]!) / weights[level]!);
  return { outputs: rising(outputs, weights), weights };
}

/** The nearest rising sequence in the weighted least-squares sense: pool adjacent violators (Barlow et al. 1972). */
function rising(values: Float64Array, weights: Float64Array): Float64Array {
  const blocks: { mean: number; weight: number; count: number }[] = [];
  values.forEach((value, index) => {
    let block = { mean: value, weight: weights[index]!, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.mean > block.mean; last = blocks.at(-1)) {
      const weight = last.weight + block.weight;
      const mean = (last.mean * last.weight + block.mean * block.weight) / weight;
      block = { mean, weight, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  const result = new Float64Array(values.length);
  let index = 0;
  for (const { mean, count } of blocks) {
    result.fill(Math.min(LEVELS - 1, Math.max(0, mean)), index, index + count);
    index += count;
  }
  return result;
}
