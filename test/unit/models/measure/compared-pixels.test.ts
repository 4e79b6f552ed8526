import { meanDeltaE2000, measureCorrection, type ProxyImage } from '@evenlight/models';
import { comparedPixels } from '@evenlight/models/src/measure/compared-pixels.ts';
import { describe, expect, it } from 'vitest';
import { noise } from '../pictures.ts';

const numbered = (pixels: number): Float32Array => Float32Array.from({ length: 3 * pixels }, (_, i) => i);

describe('the pixels that are compared', () => {
  it('are all of them up to 128×128', () => {
    const pixels = numbered(16_384);
    expect(comparedPixels(pixels)).toBe(pixels);
  });

  it.each([16_385, 16_386, 16_387, 65_536])('are every third of %i, from the first on', (count) => {
    const compared = comparedPixels(numbered(count));
    expect(compared).toHaveLength(3 * Math.ceil(count / 3));
    compared.forEach((value, i) => {
      if (value !== 9 * Math.floor(i / 3) + (i % 3)) throw new Error(`value ${i} is ${value}`);
    });
  });

  it('say of a picture what all of its pixels say', () => {
    const side = 256;
    const before: ProxyImage = {
      width: side,
      height: side,
      pixels: noise('float32', side * side * 3, 1) as Float32Array,
    };
    const after: ProxyImage = { ...before, pixels: before.pixels.map((value) => value ** 0.8) };
    const full = meanDeltaE2000(before.pixels, after.pixels);
    expect(measureCorrection(before, after).meanDeltaE / full).toBeCloseTo(1, 2);
  });
});
