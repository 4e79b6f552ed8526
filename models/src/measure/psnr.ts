import { checkSameLength } from './mean-delta-e-2000.ts';

/**
 * Peak signal-to-noise ratio in dB over all values of two RGB pictures in 0..1: `−10·log10(mean squared error)`.
 * Infinity for equal pictures.
 *
 * @throws ModelError `BAD_IMAGE` for arrays of different or wrong length
 */
export function psnr(left: ArrayLike<number>, right: ArrayLike<number>): number {
  checkSameLength(left, right);
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i]! - right[i]!) ** 2;
  return -10 * Math.log10(sum / left.length);
}
