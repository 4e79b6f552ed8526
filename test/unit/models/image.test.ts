import { colorSpaces, type ImageDescription, type PixelArray } from '@evenlight/models';
import {
  checkImageDescription,
  checkRows,
  colorChannels,
  createSamples,
  SAMPLE_FORMATS,
  samplesIn,
} from '@evenlight/models/src/image.ts';
import { describe, expect, it } from 'vitest';

const image: ImageDescription = { width: 4, height: 3, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb };
const refusal = (message: string): Error => expect.objectContaining({ code: 'BAD_IMAGE', message }) as Error;

describe('an image', () => {
  it.each<[Partial<Record<keyof ImageDescription, unknown>>, string]>([
    [{ width: 0 }, 'image is 0 by 3, needs whole numbers from 1'],
    [{ height: 0 }, 'image is 4 by 0, needs whole numbers from 1'],
    [{ width: 1.5 }, 'image is 1.5 by 3, needs whole numbers from 1'],
    [{ height: NaN }, 'image is 4 by NaN, needs whole numbers from 1'],
    [{ channels: 0 }, 'image has 0 channels, needs 1 to 4'],
    [{ channels: 5 }, 'image has 5 channels, needs 1 to 4'],
    [{ channels: 2.5 }, 'image has 2.5 channels, needs 1 to 4'],
    [{ format: 'int8' }, 'sample format is int8, needs uint8, uint16, uint15, float32'],
    [{ colorSpace: colorSpaces.graySrgb }, '3 channels in the gray space sGray, needs an RGB space'],
    [{ channels: 4, colorSpace: colorSpaces.graySrgb }, '4 channels in the gray space sGray, needs an RGB space'],
  ])('is refused with %o', (changes, message) => {
    expect(() => checkImageDescription({ ...image, ...changes } as ImageDescription)).toThrow(refusal(message));
  });

  it('has one pixel or more, one to four channels, and gray in any space', () => {
    for (const channels of [1, 2, 3, 4] as const) {
      expect(() => checkImageDescription({ ...image, channels, width: 1, height: 1 })).not.toThrow();
      expect(colorChannels(channels)).toBe(channels < 3 ? 1 : 3);
    }
    for (const channels of [1, 2] as const)
      expect(() => checkImageDescription({ ...image, channels, colorSpace: colorSpaces.graySrgb })).not.toThrow();
  });
});

describe('rows of an image', () => {
  const check = (length: number, rowCount: number, rowStride: number): void =>
    checkRows(new Uint8Array(length), image, rowCount, rowStride);

  it('need their strides but the last one, which needs its pixels', () => {
    for (const [length, rowCount, rowStride] of [
      [0, 0, 12],
      [12, 1, 100],
      [36, 3, 12],
      [42, 3, 15],
    ] as const) {
      expect(() => check(length, rowCount, rowStride)).not.toThrow();
      if (length === 0) continue;
      const message = `pixels have ${length - 1} samples, ${rowCount} rows need ${length}`;
      expect(() => check(length - 1, rowCount, rowStride)).toThrow(refusal(message));
    }
  });

  it('are a whole number, a whole number of samples apart', () => {
    expect(() => check(100, 1, 11)).toThrow(refusal('row stride is 11 samples, needs 12 or more'));
    expect(() => check(100, 1, 12.5)).toThrow(refusal('row stride is 12.5 samples, needs 12 or more'));
    expect(() => check(100, -1, 12)).toThrow(refusal('row count is -1, needs a whole number'));
    expect(() => check(100, 1.5, 12)).toThrow(refusal('row count is 1.5, needs a whole number'));
  });

  it('are held by the array of their format', () => {
    const arrays: readonly PixelArray[] = [
      new Uint8Array(12),
      new Uint8ClampedArray(12),
      new Uint16Array(12),
      new Float32Array(12),
    ];
    const held = { uint8: [0, 1], uint16: [2], uint15: [2], float32: [3] };
    for (const format of SAMPLE_FORMATS) {
      arrays.forEach((pixels, i) => {
        const attempt = (): void => checkRows(pixels, { ...image, format }, 1, 12);
        if (held[format].includes(i)) expect(attempt).not.toThrow();
        else
          expect(attempt).toThrow(
            refusal(`pixels are a ${pixels.constructor.name}, which does not hold ${format} samples`),
          );
      });
    }
  });
});

describe('samples', () => {
  it.each([
    ['uint8', Uint8Array, 1],
    ['uint16', Uint16Array, 2],
    ['uint15', Uint16Array, 2],
    ['float32', Float32Array, 4],
  ] as const)('of %s lie in a buffer as they are, and are made as zeros', (format, kind, bytes) => {
    const buffer = Uint8Array.from({ length: 24 }, (_, i) => i).buffer;
    expect(samplesIn(buffer, format)).toEqual(new kind(buffer));
    expect(samplesIn(buffer, format, 8)).toEqual(new kind(buffer, 8));
    expect(samplesIn(buffer, format, 8, 2)).toEqual(new kind(buffer, 8, 2));
    const made = createSamples(format, 5);
    expect(made).toEqual(new kind(5));
    expect(made.buffer.byteLength).toBe(5 * bytes);
  });
});
