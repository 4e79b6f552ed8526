import {
  applyToProxy,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  predictPicture,
  seriesCorrection,
  seriesPredictor,
  type ProxyImage,
} from '@evenlight/models';
import { expect, it } from 'vitest';
import { LUMA_GUIDE, randomNumbers } from '../pictures.ts';

const SIDE = 32;
const random = randomNumbers(3);
const reference: ProxyImage = {
  ...{ width: SIDE, height: SIDE },
  pixels: Float32Array.from({ length: SIDE * SIDE * 3 }, () => 0.1 + 0.4 * random()),
};
/** Lightens the left half by a third and the right half by two thirds. */
const correction = createCorrection({
  ...{ gridWidth: 2, gridHeight: 1, gridDepth: 1, guide: LUMA_GUIDE },
  coefficients: [4 / 3, 5 / 3].flatMap((gain) => [gain, 0, 0, 0, 0, gain, 0, 0, 0, 0, gain, 0]),
});

it('corrects equal pixels of a series alike, wherever they lie', () => {
  const series = seriesCorrection(correction, reference);
  expect(series).toMatchObject({ gridWidth: 1, gridHeight: 1, gridDepth: 1 });
  const gray = { width: SIDE, height: SIDE, pixels: new Float32Array(SIDE * SIDE * 3).fill(0.3) };
  const { pixels } = applyToProxy(series, DEFAULT_ADJUSTMENT, gray);
  expect(pixels).toEqual(Float32Array.from(pixels, (_, at) => pixels[at % 3]!));
  // Between what the halves of the reference got.
  expect(pixels[0]).toBeGreaterThan(0.3 * 1.4);
  expect(pixels[0]).toBeLessThan(0.3 * 1.6);
});

it("predicts the reference's for every picture, from a proxy of the reference's size", async () => {
  const input = { width: 8, height: 4 };
  const prediction = { correction };
  const sizes: unknown[] = [];
  const picture = {
    read: async (size: { width: number; height: number }) => {
      sizes.push(size);
      return { proxy: reference };
    },
  };
  const predicted = await predictPicture(picture, seriesPredictor(input, prediction));
  expect(predicted.prediction).toBe(prediction);
  expect(sizes).toEqual([input]);
});
