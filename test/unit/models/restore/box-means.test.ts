import { boxMeans } from '@evenlight/models/src/restore/box-means.ts';
import { smoothstep } from '@evenlight/models/src/restore/smoothstep.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomNumbers } from '../pictures.ts';

it('a mean is that of the square around a pixel, as much of it as lies in the picture', () => {
  const side = fc.integer({ min: 1, max: 14 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 9 }), (width, height, radius) => {
      const random = randomNumbers(width * 31 + height);
      const plane = Float32Array.from({ length: width * height }, () => random());
      const means = boxMeans(plane, { width, height }, radius);
      const plain = plane.map((_, at) => {
        const [left, top] = [at % width, Math.floor(at / width)];
        const near = plane.filter(
          (__, i) => Math.abs((i % width) - left) <= radius && Math.abs(Math.floor(i / width) - top) <= radius,
        );
        return near.reduce((sum, value) => sum + value, 0) / near.length;
      });
      expect(means.findIndex((mean, i) => Math.abs(mean - plain[i]!) > 1e-5)).toBe(-1);
    }),
    { numRuns: 300 },
  );
});

it('a smooth step is flat at its ends and half in the middle', () => {
  expect([-1, 0, 0.25, 0.5, 0.75, 1, 2].map(smoothstep)).toEqual([0, 0, 0.15625, 0.5, 0.84375, 1, 1]);
});
