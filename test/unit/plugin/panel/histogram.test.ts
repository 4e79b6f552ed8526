import { drawHistogram, histogramOf, histogramsOf } from '@evenlight/plugin/src/panel/histogram.ts';
import { describe, expect, it } from 'vitest';

type Rgb = readonly [number, number, number];
const pixelsOf = (...colors: readonly Rgb[]): Uint8Array => Uint8Array.from(colors.flat());

describe('a histogram', () => {
  it('counts the pixels of each level of brightness, to Rec. 709', () => {
    const { counts } = histogramOf(pixelsOf([10, 10, 10], [10, 10, 10], [255, 0, 0], [0, 255, 0], [0, 0, 255]));
    expect(counts).toHaveLength(256);
    const seen = [...counts.entries()].filter(([, count]) => count > 0);
    expect(seen).toEqual([
      [10, 2],
      [18, 1],
      [54, 1],
      [182, 1],
    ]);
  });

  it('says what share has a channel at 255, and what share is black', () => {
    const pixels = pixelsOf(
      [255, 3, 3],
      [3, 255, 3],
      [3, 3, 255],
      [254, 254, 254],
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    );
    expect(histogramOf(pixels)).toMatchObject({ highlights: 3 / 8, shadows: 1 / 8 });
  });

  it('is made of before and of after', () => {
    const pair = { width: 1, height: 1, before: pixelsOf([5, 5, 5]), after: pixelsOf([9, 9, 9]) };
    const { before, after } = histogramsOf(pair);
    expect([before.counts[5], before.counts[9], after.counts[5], after.counts[9]]).toEqual([1, 0, 0, 1]);
  });
});

describe('the picture of histograms', () => {
  const flat = (count: (level: number) => number) => ({
    ...{ highlights: 0, shadows: 0 },
    counts: Array.from({ length: 256 }, (_, level) => count(level)),
  });
  /** The grays of a column from the bottom up, as runs: [gray, how many]. */
  function runs({ pixels, width, height }: ReturnType<typeof drawHistogram>, x: number): number[][] {
    const result: number[][] = [];
    for (let y = height - 1; y >= 0; y--) {
      const [red, green, blue] = pixels.subarray((y * width + x) * 3);
      expect([green, blue]).toEqual([red, red]);
      if (result.at(-1)?.[0] === red) result.at(-1)![1]!++;
      else result.push([red!, 1]);
    }
    return result;
  }

  it('is 256 columns of 64 pixels: before is an area, after a line, with a little room above', () => {
    const picture = drawHistogram({ before: flat(() => 50), after: flat(() => 100) });
    expect([picture.width, picture.height, picture.pixels.length]).toEqual([256, 64, 256 * 64 * 3]);
    for (const x of [0, 100, 255]) {
      expect(runs(picture, x)).toEqual([
        [110, 30],
        [40, 29],
        [225, 1],
        [40, 4],
      ]);
    }
  });

  it('is rounded to whole pixels', () => {
    const picture = drawHistogram({ before: flat(() => 33), after: flat(() => 100) });
    expect(runs(picture, 0)[0]).toEqual([110, 20]);
  });

  it('joins the levels of the line by an upright where it jumps', () => {
    const picture = drawHistogram({ before: flat(() => 0), after: flat((level) => (level < 100 ? 25 : 100)) });
    expect(runs(picture, 99)).toEqual([
      [40, 14],
      [225, 1],
      [40, 49],
    ]);
    expect(runs(picture, 100)).toEqual([
      [40, 14],
      [225, 46],
      [40, 4],
    ]);
    expect(runs(picture, 101)).toEqual([
      [40, 59],
      [225, 1],
      [40, 4],
    ]);
  });

  it('is not flattened by a single spike, which is cut off at the top', () => {
    const picture = drawHistogram({ before: flat((level) => (level === 7 ? 100_000 : 40)), after: flat(() => 0) });
    expect(runs(picture, 7)).toEqual([[110, 64]]);
    expect(runs(picture, 8)).toEqual([
      [110, 60],
      [40, 4],
    ]);
  });

  it('of nothing is the ground alone', () => {
    const picture = drawHistogram({ before: flat(() => 0), after: flat(() => 0) });
    expect(runs(picture, 128)).toEqual([[40, 64]]);
  });
});
