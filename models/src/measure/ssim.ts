import { ModelError } from '../errors.ts';
import { checkSameLength } from './mean-delta-e-2000.ts';

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * Structural similarity of two RGB pictures `[height][width][3]` in 0..1 after Wang, Bovik, Sheikh, Simoncelli (2004), "Image
 * Quality Assessment: From Error Visibility to Structural Similarity", equation 13: 11×11 Gaussian window of σ 1.5, K1 0.01,
 * K2 0.03, only windows that lie inside the picture; the mean over red, green and blue.
 *
 * @throws ModelError `BAD_IMAGE` for arrays of the wrong length, or pictures smaller than 11×11
 */
export function ssim(left: ArrayLike<number>, right: ArrayLike<number>, width: number, height: number): number {
  checkSameLength(left, right);
  if (left.length !== width * height * 3) {
    throw new ModelError(
      'BAD_IMAGE',
      `pictures have ${left.length} values, ${width}×${height} RGB needs ${width * height * 3}`,
    );
  }
  if (width < WINDOW || height < WINDOW) {
    throw new ModelError('BAD_IMAGE', `pictures are ${width}×${height}, SSIM needs ${WINDOW}×${WINDOW}`);
  }
  let sum = 0;
  for (let channel = 0; channel < 3; channel++)
    sum += channelSsim(plane(left, channel), plane(right, channel), width, height);
  return sum / 3;
}

function plane(pixels: ArrayLike<number>, channel: number): Float64Array {
  return Float64Array.from({ length: pixels.length / 3 }, (_, i) => pixels[i * 3 + channel]!);
}

function channelSsim(left: Float64Array, right: Float64Array, width: number, height: number): number {
  const product = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value * b[i]!);
  const blur = (values: Float64Array): Float64Array => blurInside(values, width, height);
  const mean1 = blur(left);
  const mean2 = blur(right);
  const square1 = blur(product(left, left));
  const square2 = blur(product(right, right));
  const cross = blur(product(left, right));
  let sum = 0;
  for (let i = 0; i < mean1.length; i++) {
    const [m1, m2] = [mean1[i]!, mean2[i]!];
    const variances = square1[i]! - m1 * m1 + square2[i]! - m2 * m2;
    const covariance = cross[i]! - m1 * m2;
    sum += ((2 * m1 * m2 + C1) * (2 * covariance + C2)) / ((m1 * m1 + m2 * m2 + C1) * (variances + C2));
  }
  return sum / mean1.length;
}

const KERNEL = gaussian();

function gaussian(): Float64Array {
  const middle = (WINDOW - 1) / 2;
  const weights = Float64Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * SIGMA * SIGMA)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The Gaussian mean of every window that lies inside: `[height − 10][width − 10]`. */
function blurInside(values: Float64Array, width: number, height: number): Float64Array {
  const [innerWidth, innerHeight] = [width - WINDOW + 1, height - WINDOW + 1];
  const rows = new Float64Array(innerWidth * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW; k++) sum += KERNEL[k]! * values[y * width + x + k]!;
      rows[y * innerWidth + x] = sum;
    }
  }
  const blurred = new Float64Array(innerWidth * innerHeight);
  for (let i = 0; i < blurred.length; i++) {
    let sum = 0;
    for (let k = 0; k < WINDOW; k++) sum += KERNEL[k]! * rows[i + k * innerWidth]!;
    blurred[i] = sum;
  }
  return blurred;
}
