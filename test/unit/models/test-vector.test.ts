import { describe, expect, it } from 'vitest';
import {
  createTestPicture,
  createTestVector,
  deserializeTestVector,
  differenceFromTestVector,
  serializeTestVector,
} from '@evenlight/models';

const output = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) * 0.3);
const vector = createTestVector(7, { width: 24, height: 16 }, output);

describe('the test picture', () => {
  it('follows from its seed and its size alone', () => {
    const picture = createTestPicture(7, { width: 24, height: 16 });
    expect(picture.pixels).toEqual(createTestPicture(7, { width: 24, height: 16 }).pixels);
    expect(picture.pixels).not.toEqual(createTestPicture(8, { width: 24, height: 16 }).pixels);
  });

  it('is the same in every version of this package, because vectors are stored', () => {
    const { pixels } = createTestPicture(7, { width: 24, height: 16 });
    expect([...pixels.subarray(0, 4), ...pixels.subarray(-2)].map((value) => value.toFixed(5))).toMatchInlineSnapshot(`
      [
        "0.02893",
        "0.04735",
        "0.48489",
        "0.05748",
        "0.12662",
        "0.07999",
      ]
    `);
  });

  it('has its gradient, its patches and its noise where they always were', () => {
    const size = { width: 24, height: 16 };
    const { pixels } = createTestPicture(7, size);
    // Each pixel counts by its place.
    const sums = [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let i = channel; i < pixels.length; i += 3) sum += pixels[i]! * ((i * 37) % 101);
      return sum.toFixed(3);
    });
    expect(sums).toMatchInlineSnapshot(`
      [
        "4641.408",
        "2625.762",
        "5240.394",
      ]
    `);
  });

  it('fills the range of a photograph and stays in it', () => {
    const { pixels } = createTestPicture(1, { width: 64, height: 64 });
    expect(pixels).toHaveLength(64 * 64 * 3);
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
    expect(Math.max(...pixels) - Math.min(...pixels)).toBeGreaterThan(0.4);
  });
});

describe('a test vector', () => {
  it('survives its file', () => {
    const read = deserializeTestVector(serializeTestVector(vector));
    expect(read).toEqual({
      ...vector,
      samples: vector.samples.map(({ index, value }) => ({ index, value: Math.fround(value) })),
    });
  });

  it('agrees with the output it was made of', () => {
    expect(differenceFromTestVector(vector, output)).toBe(0);
  });

  it('notices a shift of all values', () => {
    const shifted = output.map((value) => value + 0.01);
    expect(differenceFromTestVector(vector, shifted)).toBeCloseTo(0.01, 4);
  });

  it('notices a hole in the output', () => {
    const broken = output.slice();
    broken[vector.samples[3]!.index] = NaN;
    expect(differenceFromTestVector(vector, broken)).toBe(Infinity);
    expect(differenceFromTestVector(vector, output.subarray(1))).toBe(Infinity);
  });

  it('refuses bytes that are none', () => {
    const bytes = serializeTestVector(vector);
    const refused = expect.objectContaining({ code: 'BAD_OUTPUT' }) as Error;
    expect(() => deserializeTestVector(bytes.subarray(1))).toThrow(refused);
    expect(() => deserializeTestVector(bytes.subarray(0, -1))).toThrow(refused);
    expect(() => deserializeTestVector(new Uint8Array(3))).toThrow(refused);
  });
});
