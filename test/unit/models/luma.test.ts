import { lumaAt } from '@evenlight/models';
import { expect, it } from 'vitest';

it("luma is the sum of a pixel's channels by Rec. 709's weights, which add up to one", () => {
  const pixels = [9, 9, 9, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0.5];
  expect([3, 6, 9].map((at) => lumaAt(pixels, at))).toEqual([0.2126, 0.7152, 0.0722]);
  expect(lumaAt(pixels, 12)).toBeCloseTo(0.5, 12);
});
