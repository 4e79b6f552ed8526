import { psnr, ssim, type ModelError } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { noise } from '../pictures.ts';

const width = 16;
const height = 13;
const picture = noise('float32', width * height * 3, 3);

/** Equation 13 of Wang et al. window by window, with a two-dimensional Gaussian: nothing separated, nothing shared. */
function plainSsim(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const weights = Array.from({ length: 121 }, (_, i) =>
    Math.exp(-(((i % 11) - 5) ** 2 + (Math.floor(i / 11) - 5) ** 2) / 4.5),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [sum, count] = [0, 0];
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y + 11 <= height; y++) {
      for (let x = 0; x + 11 <= width; x++) {
        const mean = (value: (at: number) => number): number =>
          weights.reduce(
            (mean, weight, i) =>
              mean + (weight / total) * value(((y + Math.floor(i / 11)) * width + x + (i % 11)) * 3 + c),
            0,
          );
        const m1 = mean((at) => left[at]!);
        const m2 = mean((at) => right[at]!);
        const v1 = mean((at) => (left[at]! - m1) ** 2);
        const v2 = mean((at) => (right[at]! - m2) ** 2);
        const cross = mean((at) => (left[at]! - m1) * (right[at]! - m2));
        sum += ((2 * m1 * m2 + 1e-4) * (2 * cross + 9e-4)) / ((m1 * m1 + m2 * m2 + 1e-4) * (v1 + v2 + 9e-4));
        count++;
      }
    }
  }
  return sum / count;
}

describe('PSNR', () => {
  it('of an even difference of a tenth is 20 dB', () => expect(psnr([0, 0.5, 1], [0.1, 0.4, 0.9])).toBeCloseTo(20, 10));
  it('of equal pictures is infinite', () => expect(psnr([0.3, 0.2, 0.1], [0.3, 0.2, 0.1])).toBe(Infinity));
  it('needs pictures of the same size', () => {
    expect(() => psnr([0, 0, 0], [0, 0, 0, 0, 0, 0])).toThrow(
      expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError,
    );
  });
});

describe('SSIM', () => {
  it('of a picture and itself is 1', () => expect(ssim(picture, picture, width, height)).toBeCloseTo(1, 12));

  it('equals the formula applied window by window', () => {
    const other = noise('float32', picture.length, 4).map((value, i) => 0.7 * picture[i]! + 0.2 * value);
    expect(ssim(picture, other, width, height)).toBeCloseTo(plainSsim(picture, other), 9);
  });

  it('of a picture and its negative is below 0', () => {
    expect(
      ssim(
        picture,
        picture.map((value) => 1 - value),
        width,
        height,
      ),
    ).toBeLessThan(0);
  });

  it('needs 11×11 pixels, no less in width or in height', () => {
    const of = (across: number, down: number): number => {
      const pixels = noise('float32', across * down * 3, 6);
      return ssim(pixels, pixels, across, down);
    };
    expect(of(11, 11)).toBeCloseTo(1, 12);
    expect(() => of(10, 11)).toThrow('pictures are 10×11, SSIM needs 11×11');
    expect(() => of(11, 10)).toThrow('pictures are 11×10, SSIM needs 11×11');
  });

  it('refuses pictures that hold no window, or are not of the size', () => {
    expect(() => ssim(new Float32Array(300), new Float32Array(300), 10, 10)).toThrow(/needs 11×11/);
    expect(() => ssim(picture, picture.slice(3), width, height)).toThrow(
      expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError,
    );
    expect(() => ssim(picture, picture, width, width)).toThrow(
      expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError,
    );
  });
});
