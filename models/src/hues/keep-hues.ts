import { DEFAULT_ADJUSTMENT } from '../adjustment.ts';
import { applyToProxySteps } from '../apply-to-proxy.ts';
import { CELL_COEFFICIENTS, createCorrection, type Correction } from '../correction.ts';
import { CORNERS, type GridSamples, gridSamplesSteps } from '../fit/grid-samples.ts';
import { meanOf } from '../measure/mean-of.ts';
import type { ProxyImage } from '../proxy.ts';
import { ramp, type Ramp } from '../scene/ramp.ts';
import type { Steps } from '../steps.ts';
import { wantedHueChanges } from './wanted-hue-changes.ts';

/** By how much the picture becomes darker on average, 0..1: below the first it was not over-exposed, from the second on it was. */
const DARKER: Ramp = [0.01, 0.05];
/** Pixels in a piece: two milliseconds. */
const PIECE_PIXELS = 8192;
/** A variance of colours, encoded, that keeps the answer of a cell small in which hardly a pixel has a colour … */
const DAMPING = 5e-5;
/** … or that few pixels read: engines differ in the last digit, and such a cell would make much of it. */
const DAMPING_PIXELS = 40;
/** Sums of a cell: the weights; with x = red − green and y = green − blue, x², xy and y²; and for each channel x and y times its change. */
const SUMS = 10;

/**
 * Keeps the hues of an over-exposed picture: what {@link wantedHueChanges} asks of its pixels becomes a change of the grid.
 *
 * Each cell gets the damped least-squares answer over all pixels that read it, multiples of `red − green` and `green − blue`: gray and
 * white stay as they are, and colours that are to stay hold against those that are to change.
 *
 * The correction comes back as it is where it does not make the picture darker, and where nothing is asked.
 *
 * In pieces.
 *
 * @param proxy what the correction was made from, sRGB-encoded 0..1
 */
export function* keepHuesSteps(correction: Correction, proxy: ProxyImage): Steps<Correction> {
  const corrected = yield* applyToProxySteps(correction, DEFAULT_ADJUSTMENT, proxy);
  yield;
  const share = ramp(meanOf(proxy.pixels) - meanOf(corrected.pixels), DARKER);
  if (share === 0) return correction;
  yield;
  const wanted = yield* wantedHueChanges(proxy, corrected.pixels);
  if (wanted === undefined) return correction;
  yield;
  const samples = yield* gridSamplesSteps(proxy, correction, correction.guide);
  const cells = correction.coefficients.length / CELL_COEFFICIENTS;
  const sums = yield* sumsOfCells(proxy.pixels, wanted, samples, cells);
  yield;
  return createCorrection({ ...correction, coefficients: changedCells(correction.coefficients, sums, share) });
}

/** The sums that the answer of each cell needs, `[cell][SUMS]`. */
function* sumsOfCells(
  pixels: Float32Array,
  wanted: Float32Array,
  { cells, weights }: GridSamples,
  cellCount: number,
): Steps<Float64Array> {
  const sums = new Float64Array(cellCount * SUMS);
  for (let pixel = 0, at = 0; at < pixels.length; pixel++, at += 3) {
    if (pixel % PIECE_PIXELS === 0) yield;
    const x = pixels[at]! - pixels[at + 1]!;
    const y = pixels[at + 1]! - pixels[at + 2]!;
    const [red, green, blue] = [wanted[at]!, wanted[at + 1]!, wanted[at + 2]!];
    for (let corner = pixel * CORNERS; corner < (pixel + 1) * CORNERS; corner++) {
      const [first, weight] = [cells[corner]! * SUMS, weights[corner]!];
      const [ofX, ofY] = [weight * x, weight * y];
      sums[first]! += weight;
      sums[first + 1]! += ofX * x;
      sums[first + 2]! += ofX * y;
      sums[first + 3]! += ofY * y;
      sums[first + 4]! += ofX * red;
      sums[first + 5]! += ofY * red;
      sums[first + 6]! += ofX * green;
      sums[first + 7]! += ofY * green;
      sums[first + 8]! += ofX * blue;
      sums[first + 9]! += ofY * blue;
    }
  }
  return sums;
}

/** The coefficients, changed by `share` of what each cell's pixels ask for. */
function changedCells(coefficients: Float32Array, sums: Float64Array, share: number): Float32Array {
  const changed = coefficients.slice();
  for (let cell = 0; cell < sums.length / SUMS; cell++) {
    const at = cell * SUMS;
    const damping = DAMPING * (sums[at]! + DAMPING_PIXELS);
    const [a, b, d] = [sums[at + 1]! + damping, sums[at + 2]!, sums[at + 3]! + damping];
    const determinant = a * d - b * b;
    for (let c = 0; c < 3; c++) {
      const [p, q] = [sums[at + 4 + c * 2]!, sums[at + 5 + c * 2]!];
      const ofRedGreen = (share * (d * p - b * q)) / determinant;
      const ofGreenBlue = (share * (a * q - b * p)) / determinant;
      const row = cell * CELL_COEFFICIENTS + c * 4;
      changed[row]! += ofRedGreen;
      changed[row + 1]! += ofGreenBlue - ofRedGreen;
      changed[row + 2]! -= ofGreenBlue;
    }
  }
  return changed;
}
