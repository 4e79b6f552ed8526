import { addSample, createLevelSums, levelMap } from '@evenlight/models/src/curves/level-map.ts';
import { describe, expect, it } from 'vitest';

/** The levels that have a weight, with it and with what they should become. */
function seen(...samples: readonly (readonly [input: number, output: number, weight: number])[]): number[][] {
  const sums = createLevelSums();
  for (const [input, output, weight] of samples) addSample(sums, input / 255, output / 255, weight);
  return [...sums.weights.entries()]
    .filter(([, weight]) => Math.abs(weight) > 1e-9)
    .map(([level, weight]) => [level, weight, sums.outputs[level]! / weight].map((value) => Number(value.toFixed(6))));
}

describe('a sample', () => {
  it('counts for its level', () => {
    expect(seen([10, 30, 2])).toEqual([[10, 2, 30]]);
    expect(seen([0, 5, 1])).toEqual([[0, 1, 5]]);
    expect(seen([255, 250, 3])).toEqual([[255, 3, 250]]);
  });

  it('is shared by the two levels that it lies between, each with its own gain', () => {
    expect(seen([10.25, 30.25, 4])).toEqual([
      [10, 3, 30],
      [11, 1, 31],
    ]);
  });

  it('adds to those before it', () => {
    expect(seen([10, 20, 1], [10, 40, 3])).toEqual([[10, 4, 35]]);
  });

  it('beyond the range counts for the first or the last level', () => {
    expect(seen([-3, 5, 1], [270, 240, 1])).toEqual([
      [0, 1, 5],
      [255, 1, 240],
    ]);
  });
});

describe('a map of levels', () => {
  const prior = Float64Array.from({ length: 256 }, (_, level) => level);

  it('follows the prior where the picture has nothing', () => {
    const { outputs, weights } = levelMap(createLevelSums(), prior);
    outputs.forEach((output, level) => expect(output).toBeCloseTo(level, 9));
    expect(new Set(weights)).toEqual(new Set([1e-9]));
  });

  it('is the mean of the samples, and of the prior with a fiftieth of the weight of an average level', () => {
    const sums = createLevelSums();
    addSample(sums, 100 / 255, 130 / 255, 12_800);
    // An average level has 50: the prior weighs 1.
    const { outputs, weights } = levelMap(sums, prior);
    expect([weights[99], weights[100]]).toEqual([1, expect.closeTo(12_801, 6)]);
    // What is asked of level 100 pools with the thirty above it that follow the prior.
    expect(outputs[100]).toBeCloseTo(129.97, 1);
    expect(outputs[99]).toBe(99);
    expect(outputs[140]).toBe(140);
  });

  it('never falls: levels that would are pooled to their weighted mean', () => {
    const sums = createLevelSums();
    for (let level = 0; level < 256; level++) addSample(sums, level / 255, level / 255, 1000);
    addSample(sums, 50 / 255, 56 / 255, 3000);
    const { outputs } = levelMap(sums, prior);
    // Level 50 asks for 54.5 with a weight of four: it pools with those above it that would be lower.
    expect(outputs[50]).toBeCloseTo((4 * 54.5 + 51 + 52 + 53) / 7, 1);
    expect(outputs.subarray(50, 54)).toEqual(new Float64Array(4).fill(outputs[50]!));
    expect([outputs[49]!, outputs[54]!].map(Math.round)).toEqual([49, 54]);
    for (let level = 1; level < 256; level++) expect(outputs[level]).toBeGreaterThanOrEqual(outputs[level - 1]!);
  });

  it('stays within 0 and 255', () => {
    const wide = Float64Array.from({ length: 256 }, (_, level) => 3 * level - 200);
    const { outputs } = levelMap(createLevelSums(), wide);
    expect(
      [outputs[0], outputs[66], outputs[67], outputs[151], outputs[152], outputs[255]].map((value) =>
        Math.round(value!),
      ),
    ).toEqual([0, 0, 1, 253, 255, 255]);
  });
});
