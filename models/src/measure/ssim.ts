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
  for (let channel = 0; channel < 3; channel++) sum += channelSsim(left, right, { channel, width, height });
  return sum / 3;
}

/** Half of the symmetric window, its middle last. */
const HALF = (WINDOW - 1) / 2;
const WEIGHTS = gaussian();

function gaussian(): Float64Array {
  const weights = Float64Array.from({ length: HALF + 1 }, (_, i) => Math.exp(-((i - HALF) ** 2) / (2 * SIGMA * SIGMA)));
  const sum = 2 * weights.reduce((total, weight) => total + weight, 0) - weights[HALF]!;
  return weights.map((weight) => weight / sum);
}

/** What is averaged over every window: both pictures, the sum of their squares, their product. */
const MAPS = 4;

/*
 * The window is separable. Rows are blurred as they come and kept while a window reaches them, so that everything stays in the
 * cache: 512×512 RGB takes 60 ms of a Xeon core, a third of what whole planes of every map took.
 */
function channelSsim(left: ArrayLike<number>, right: ArrayLike<number>, place: Plane): number {
  const { width, height } = place;
  const innerWidth = width - WINDOW + 1;
  const raw = Array.from({ length: MAPS }, () => new Float64Array(width));
  const kept = Array.from({ length: WINDOW }, () => new Float64Array(MAPS * innerWidth));
  const means = new Float64Array(MAPS * innerWidth);
  let sum = 0;
  for (let y = 0; y < height; y++) {
    readRow([left, right], place, y, raw);
    const row = kept[y % WINDOW]!;
    for (let map = 0; map < MAPS; map++) blurRow(raw[map]!, row.subarray(map * innerWidth, (map + 1) * innerWidth));
    if (y < WINDOW - 1) continue;
    blurColumns(kept, y + 1, means);
    sum += similarities(means, innerWidth);
  }
  return sum / (innerWidth * (height - WINDOW + 1));
}

interface Plane {
  readonly channel: number;
  readonly width: number;
  readonly height: number;
}

function readRow(
  [left, right]: readonly [ArrayLike<number>, ArrayLike<number>],
  { channel, width }: Plane,
  y: number,
  [first, second, squares, product]: readonly Float64Array[],
): void {
  for (let x = 0, i = y * width * 3 + channel; x < width; x++, i += 3) {
    const l = left[i]!;
    const r = right[i]!;
    first![x] = l;
    second![x] = r;
    squares![x] = l * l + r * r;
    product![x] = l * r;
  }
}

function blurRow(values: Float64Array, out: Float64Array): void {
  const middle = WEIGHTS[HALF]!;
  for (let x = 0; x < out.length; x++) {
    let sum = middle * values[x + HALF]!;
    for (let k = 0; k < HALF; k++) sum += WEIGHTS[k]! * (values[x + k]! + values[x + WINDOW - 1 - k]!);
    out[x] = sum;
  }
}

/** `oldest`: the number of the row that is to be overwritten next, which is the window's first. */
function blurColumns(rows: readonly Float64Array[], oldest: number, out: Float64Array): void {
  const at = (k: number): Float64Array => rows[(oldest + k) % WINDOW]!;
  const middleRow = at(HALF);
  const middle = WEIGHTS[HALF]!;
  for (let x = 0; x < out.length; x++) out[x] = middle * middleRow[x]!;
  for (let k = 0; k < HALF; k++) {
    const [upper, lower, weight] = [at(k), at(WINDOW - 1 - k), WEIGHTS[k]!];
    for (let x = 0; x < out.length; x++) out[x] = out[x]! + weight * (upper[x]! + lower[x]!);
  }
}

/** The sum of the similarities of one row of windows. */
function similarities(means: Float64Array, innerWidth: number): number {
  let sum = 0;
  for (let x = 0; x < innerWidth; x++) {
    const [m1, m2] = [means[x]!, means[x + innerWidth]!];
    const variances = means[x + 2 * innerWidth]! - m1 * m1 - m2 * m2;
    const covariance = means[x + 3 * innerWidth]! - m1 * m2;
    sum += ((2 * m1 * m2 + C1) * (2 * covariance + C2)) / ((m1 * m1 + m2 * m2 + C1) * (variances + C2));
  }
  return sum;
}
