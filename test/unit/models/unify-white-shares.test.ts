import { createCorrection, type Correction, type Guide, type ProxyImage } from '@evenlight/models';
import { unifyWhite } from '@evenlight/models/src/unify-white.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

type Rgb = readonly [number, number, number];

/** A grid of one row and two layers, whose deeper one makes these colours of white, column by column. */
function whitening(whites: readonly Rgb[], guide: Guide = LUMA_GUIDE): Correction {
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  const coefficients = whites.flatMap(([red, green, blue]) => [
    ...identity,
    ...[0.5, 0.25, 0.125, red - 0.875, 0, 1, 0, green - 1, 0, 0, 1, blue - 1],
  ]);
  return createCorrection({ gridWidth: whites.length, gridHeight: 1, gridDepth: 2, guide, coefficients });
}

/** A line of pixels. */
const line = (...pixels: readonly (number | Rgb)[]): ProxyImage => ({
  ...{ width: pixels.length, height: 1 },
  pixels: Float32Array.from(pixels.flatMap((pixel) => (typeof pixel === 'number' ? [pixel, pixel, pixel] : pixel))),
});
const [WHITE, GRAY] = [1, 0.1];

/** By how much white changes in each column, red, green and blue. All else must stay. */
function changes(correction: Correction, proxy: ProxyImage): number[][] {
  const { coefficients: after } = unifyWhite(correction, proxy);
  const change = after.map((value, i) => value - correction.coefficients[i]!);
  change.forEach((value, i) => {
    if (i % 24 < 12 || i % 4 !== 3) expect(value).toBe(0);
  });
  return Array.from({ length: after.length / 24 }, (_, column) => [15, 19, 23].map((i) => change[column * 24 + i]!));
}
const near = (...values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 3) as unknown);

describe('the white of a picture', () => {
  it('is the mean of its columns, each by its clipped pixels', () => {
    const correction = whitening([
      [1.1, 1.2, 1],
      [1.2, 1.2, 1.4],
    ]);
    // Two pixels between the columns' centres: each reads three quarters of the nearer one.
    expect(changes(correction, line(WHITE, WHITE, WHITE, WHITE))).toEqual([near(0.05, 0, 0.2), near(-0.05, 0, -0.2)]);
    // The left column has 1.75 clipped pixels of 2, the right one a quarter, which is 0.625 of a fifth of 2.
    expect(changes(correction, line(WHITE, WHITE, GRAY, GRAY))).toEqual([
      near(0.0125, 0, 0.05),
      near(0.625 * -0.0875, 0, 0.625 * -0.35),
    ]);
  });

  it('is given in full where a fifth of a cell is clipped', () => {
    const correction = whitening([[0.9, 0.8, 0.7]]);
    const lifted = (white: number): unknown[] =>
      changes(correction, line(...Array.from({ length: 20 }, (_, i) => (i < white ? WHITE : GRAY))))[0]!;
    // To 0.98, over its channels.
    expect([lifted(1), lifted(2), lifted(4), lifted(20)]).toEqual(
      [0.045, 0.09, 0.18, 0.18].map((lift) => near(lift, lift, lift)),
    );
  });

  it('stays where it is bright enough', () => {
    expect(changes(whitening([[1, 0.99, 0.98]]), line(WHITE, GRAY))).toEqual([near(0, 0, 0)]);
  });

  it('is that of pixels from 0.99 on, in all channels', () => {
    const correction = whitening([[0.9, 0.9, 0.9]]);
    expect(changes(correction, line([0.99, 1, 1], GRAY))).toEqual([near(0.08, 0.08, 0.08)]);
    for (const pixel of [
      [0.989, 1, 1],
      [1, 0.989, 1],
      [1, 1, 0.989],
    ] as const)
      expect(unifyWhite(correction, line(pixel, GRAY))).toBe(correction);
    // The last pixel counts, too.
    expect(changes(correction, line(GRAY, GRAY, WHITE))).toEqual([near(0.08, 0.08, 0.08)]);
  });

  it('changes nothing in a cell that no pixel reads: a picture may be smaller than the grid', () => {
    const white: Rgb = [0.9, 0.9, 0.9];
    // The only pixel lies at the centre of the middle column.
    expect(changes(whitening([white, white, white]), line(WHITE))).toEqual([
      near(0, 0, 0),
      near(0.08, 0.08, 0.08),
      near(0, 0, 0),
    ]);
  });

  it('is left alone unless the guide has it from the centre of the deepest layer on', () => {
    const guided = (sum: number): Correction =>
      whitening([[0.9, 0.9, 0.9]], { weights: [sum / 4, sum / 2, sum / 4], gamma: 1 });
    expect(changes(guided(0.75), line(WHITE))).toEqual([near(0.08, 0.08, 0.08)]);
    const other = guided(0.7);
    expect(unifyWhite(other, line(WHITE))).toBe(other);
  });
});
