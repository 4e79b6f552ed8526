import { DEFAULT_ADJUSTMENT } from './adjustment.ts';
import { applyToProxySteps } from './apply-to-proxy.ts';
import { CELL_COEFFICIENTS, createCorrection, type Correction } from './correction.ts';
import { CORNERS, gridSamplesSteps } from './fit/grid-samples.ts';
import { meanOf } from './measure/mean-of.ts';
import type { ProxyImage } from './proxy.ts';
import { ramp, type Ramp } from './scene/ramp.ts';
import type { Steps } from './steps.ts';

/** Green and blue of a proxy pixel count as clipped in between, 0 to 1: a mean over noise and JPEG blocks is hardly ever 1. */
const CLIPPED: Ramp = [0.97, 0.99];
/**
 * How far green lies on the way from red to blue where light blue is not clipped: the median of 209 training photographs, quartiles 0.43
 * and 0.63. In 19 of 20 pixels green is below blue.
 */
const GREEN_SHARE = 0.5;
/** By how much the picture becomes darker on average, 0..1: below the first it was not over-exposed, from the second on it was. */
const DARKER: Ramp = [0.01, 0.05];
/** Pixels in a piece: two milliseconds. */
const PIECE_PIXELS = 8192;

/**
 * Keeps over-exposed skies blue. Where green and blue are clipped and red is not, both have become the same, and a network that makes
 * the picture darker makes that sky cyan. Light blue in nature has a green about half way between red and blue, so green is lowered to there.
 *
 * What is taken from green is a multiple of `(green + blue)/2 − red` of the pixel before: gray and white stay as they are. The
 * multiple of each cell of the grid is the least-squares answer over its pixels, of which those that are not clipped want no change.
 *
 * The correction comes back as it is where no pixel is clipped in this way, and where it does not make the picture darker.
 *
 * In pieces.
 *
 * @param proxy what the correction was made from, sRGB-encoded 0..1
 */
export function* keepSkyBlueSteps(correction: Correction, proxy: ProxyImage): Steps<Correction> {
  const { pixels } = proxy;
  if (!hasCyan(pixels)) return correction;
  yield;
  const corrected = yield* applyToProxySteps(correction, DEFAULT_ADJUSTMENT, proxy);
  yield;
  const share = ramp(meanOf(pixels) - meanOf(corrected.pixels), DARKER);
  if (share === 0) return correction;
  yield;
  const { cells, weights } = yield* gridSamplesSteps(proxy, correction, correction.guide);
  const wanted = new Float64Array(correction.coefficients.length / CELL_COEFFICIENTS);
  const squares = new Float64Array(wanted.length);
  for (let pixel = 0; pixel < pixels.length / 3; pixel++) {
    if (pixel % PIECE_PIXELS === 0) yield;
    const cyan = cyanOf(pixels, pixel * 3);
    const excess = excessGreen(pixels, corrected.pixels, pixel * 3);
    for (let corner = pixel * CORNERS; corner < (pixel + 1) * CORNERS; corner++) {
      const cell = cells[corner]!;
      wanted[cell]! += weights[corner]! * cyan * excess;
      squares[cell]! += weights[corner]! * cyan * cyan;
    }
  }
  yield;
  const coefficients = correction.coefficients.slice();
  for (let cell = 0; cell < wanted.length; cell++) {
    if (wanted[cell] === 0) continue;
    const factor = (share * wanted[cell]!) / squares[cell]!;
    const green = cell * CELL_COEFFICIENTS + 4;
    coefficients[green]! += factor;
    coefficients[green + 1]! -= factor / 2;
    coefficients[green + 2]! -= factor / 2;
  }
  return createCorrection({ ...correction, coefficients });
}

/** How much lower red is than green and blue: 0 for grays. */
function cyanOf(pixels: Float32Array, at: number): number {
  return (pixels[at + 1]! + pixels[at + 2]!) / 2 - pixels[at]!;
}

/** How clipped green and blue are while red is not, 0..1. */
function clippedCyan(pixels: Float32Array, at: number): number {
  const least = Math.min(pixels[at + 1]!, pixels[at + 2]!);
  return pixels[at]! < least ? ramp(least, CLIPPED) : 0;
}

function hasCyan(pixels: Float32Array): boolean {
  for (let at = 0; at < pixels.length; at += 3) if (clippedCyan(pixels, at) > 0) return true;
  return false;
}

/** By how much green is above its share of the way from red to blue, where it is clipped. */
function excessGreen(before: Float32Array, after: Float32Array, at: number): number {
  const clipped = clippedCyan(before, at);
  if (clipped === 0) return 0;
  const [red, green, blue] = [after[at]!, after[at + 1]!, after[at + 2]!];
  return clipped * Math.max(0, green - red - GREEN_SHARE * Math.max(0, blue - red));
}
