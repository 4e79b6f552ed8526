import { mirrored, planTileAxis, tileOrigin, tileWeights } from '@evenlight/models/src/restore/tile-axis.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const lengths = fc
  .record({
    multipleOf: fc.constantFrom(1, 2, 4, 8, 16),
    marginBlocks: fc.integer({ min: 0, max: 6 }),
    featherBlocks: fc.integer({ min: 1, max: 4 }),
    spare: fc.integer({ min: 0, max: 200 }),
  })
  .map(({ multipleOf, marginBlocks, featherBlocks, spare }) => ({
    multipleOf,
    margin: marginBlocks * multipleOf,
    feather: featherBlocks * multipleOf,
    most: (2 * marginBlocks + 3 * featherBlocks) * multipleOf + spare,
  }));
const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5000 }));

describe('planTileAxis', () => {
  it('covers every pixel with weights that add up to one', () => {
    fc.assert(
      fc.property(length, lengths, (pixels, how) => {
        const axis = planTileAxis(pixels, how);
        const sums = new Float64Array(axis.count * axis.step + axis.core);
        for (let index = 0; index < axis.count; index++) {
          const start = tileOrigin(axis, index) + axis.margin;
          for (const [i, weight] of tileWeights(axis, index).entries()) sums[start + i]! += weight;
        }
        expect(sums.subarray(0, pixels).findIndex((sum) => Math.abs(sum - 1) > 1e-12)).toBe(-1);
      }),
    );
  });

  it('makes no tile longer than it may be and none in vain, all at whole blocks', () => {
    fc.assert(
      fc.property(length, lengths, (pixels, how) => {
        const axis = planTileAxis(pixels, how);
        expect(axis.tile).toBeLessThanOrEqual(how.most);
        expect((axis.count - 1) * axis.step).toBeLessThan(pixels);
        for (const value of [axis.tile, axis.step, axis.margin]) expect(value % how.multipleOf).toBe(0);
      }),
    );
  });

  it('gives a small picture one tile that is no longer than it needs to be', () => {
    expect(planTileAxis(100, { most: 512, margin: 16, feather: 16, multipleOf: 8 })).toEqual({
      ...{ length: 100, count: 1, tile: 104 + 32, margin: 16, step: 104, core: 104 },
    });
  });

  it('gives a longer one as few as may be, each as short as their number allows', () => {
    const how = { most: 512, margin: 48, feather: 16, multipleOf: 8 };
    // 512 less two margins is 416.
    expect(planTileAxis(416, how)).toMatchObject({ count: 1, tile: 512 });
    expect(planTileAxis(417, how)).toEqual({ length: 417, margin: 48, count: 2, step: 208, core: 224, tile: 320 });
    expect(planTileAxis(1000, how)).toEqual({ length: 1000, margin: 48, count: 3, step: 328, core: 344, tile: 440 });
    // Whole blocks leave less than the length allows: 510 is 504, within margins 408.
    expect(planTileAxis(409, { ...how, most: 510 }).count).toBe(2);
  });

  it('takes margins that leave three times what is blended', () => {
    expect(planTileAxis(24, { most: 72, margin: 24, feather: 8, multipleOf: 8 })).toMatchObject({ count: 1, tile: 72 });
  });

  it('refuses margins that leave nothing', () => {
    expect(() => planTileAxis(100, { most: 64, margin: 24, feather: 8, multipleOf: 8 })).toThrow(
      'tiles of 64 pixels leave 16 within margins of 24, need 24',
    );
  });
});

describe('mirrored', () => {
  it('runs to and fro between the outermost pixels', () => {
    expect(Array.from({ length: 11 }, (_, i) => mirrored(i - 4, 3))).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
    expect([-3, 0, 7].map((position) => mirrored(position, 1))).toEqual([0, 0, 0]);
  });
});

describe('the weights of a core', () => {
  const axis = { length: 14, count: 3, tile: 6, margin: 0, step: 4, core: 6 };
  // A raised cosine in the middle of two pixels: (1 − cos 45°) / 2.
  const [low, high] = [(1 - Math.SQRT1_2) / 2, (1 + Math.SQRT1_2) / 2];
  it.each([
    [0, [1, 1, 1, 1, high, low]],
    [1, [low, high, 1, 1, high, low]],
    [2, [low, high, 1, 1, 1, 1]],
  ])('rise and fall where tiles overlap, but at the edges of the picture: tile %i', (index, weights) => {
    tileWeights(axis, index).forEach((weight, i) => expect(weight).toBeCloseTo(weights[i]!, 12));
  });
});
