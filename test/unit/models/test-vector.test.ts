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

describe("a test vector's file", () => {
  const known = {
    ...{ seed: 0x01020304, width: 5, height: 6, outputLength: 1000, mean: -0.5 },
    samples: [
      { index: 7, value: 1.5 },
      { index: 999, value: -2 },
    ],
  };
  const BYTES =
    '45565456 01000000 04030201 05000000 06000000 e8030000 000000000000e0bf 02000000 ' +
    '07000000 0000c03f e7030000 000000c0';
  const bytes = Uint8Array.from(Buffer.from(BYTES.replaceAll(' ', ''), 'hex'));
  const refusal = (message: string): Error => expect.objectContaining({ code: 'BAD_OUTPUT', message }) as Error;
  const withCount = (count: number): Uint8Array => {
    const all = new Uint8Array(36 + 8 * count);
    all.set(bytes.subarray(0, 36));
    new DataView(all.buffer).setUint32(32, count, true);
    return all;
  };

  it('is this, to the byte', () => {
    expect(Buffer.from(serializeTestVector(known)).toString('hex')).toBe(BYTES.replaceAll(' ', ''));
    const inside = Uint8Array.of(1, 2, 3, ...bytes).subarray(3);
    expect(deserializeTestVector(inside)).toEqual(known);
  });

  it('is refused with another beginning, another version or another length', () => {
    const notOne = refusal('file is no test vector of version 1');
    for (const at of [0, 3, 4]) {
      expect(() => deserializeTestVector(bytes.map((byte, i) => (i === at ? byte + 1 : byte)))).toThrow(notOne);
    }
    expect(() => deserializeTestVector(withCount(0).subarray(0, 35))).toThrow(notOne);
    expect(deserializeTestVector(withCount(0)).samples).toEqual([]);
    expect(() => deserializeTestVector(Uint8Array.of(...bytes, 0))).toThrow(
      refusal('test vector has 53 bytes, its 2 samples need 52'),
    );
  });

  it('has 65,536 samples at most', () => {
    expect(deserializeTestVector(withCount(65_536)).samples).toHaveLength(65_536);
    expect(() => deserializeTestVector(withCount(65_537))).toThrow(
      refusal('test vector has 524332 bytes, its 65537 samples need 524332'),
    );
  });
});

describe('what is stored of an output', () => {
  const size = { width: 2, height: 1 };

  it('is its mean and 512 of its values, or as many as it has', () => {
    for (const [length, count] of [
      [600, 512],
      [512, 512],
      [5, 5],
    ] as const) {
      const values = Float32Array.from({ length }, (_, i) => i);
      const { samples, mean, outputLength } = createTestVector(9, size, values);
      expect([samples.length, mean, outputLength]).toEqual([count, (length - 1) / 2, length]);
      for (const { index, value } of samples) expect(value).toBe(values[index]);
    }
    expect(createTestVector(9, size, new Float32Array(0))).toMatchObject({ mean: 0, samples: [] });
  });

  it('differs by the mean or by the value that is farthest off', () => {
    const values = Float32Array.of(1, 2, 3, 6);
    const difference = (mean: number, value: number): number =>
      differenceFromTestVector({ ...size, seed: 1, outputLength: 4, mean, samples: [{ index: 1, value }] }, values);
    expect([difference(2, 2), difference(4.5, 2), difference(3, 5), difference(2, -2)]).toEqual([1, 1.5, 3, 4]);
  });
});
