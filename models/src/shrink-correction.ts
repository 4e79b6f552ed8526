import { DEFAULT_ADJUSTMENT } from './adjustment.ts';
import { applyToProxy } from './apply-to-proxy.ts';
import { CELL_COEFFICIENTS, createCorrection, identityCorrection, type Correction } from './correction.ts';
import type { Proxy } from './proxy.ts';

/** Regions along each side: a face, a window or a foreground is about a sixteenth of a picture. */
const REGIONS = 4;
/** t below, 0..1: nine 8-bit codes. `trainer/LOG.md` has what other thresholds do. */
const THRESHOLD = 0.035;
/** What is left of the smallest changes: who asks for one all the same gets something to go on with. */
const SMALLEST_SHARE = 0.5;

/**
 * Takes a correction back the more, the less it does. Whether a photograph needs ten codes more is a matter of taste, and two people
 * disagree by as much; that it is three stops too dark is not. So a small change is more often wrong than right.
 *
 * `1 − (t/d)²` of the difference from the identity is kept, as the non-negative garrote does (Breiman 1995, "Better Subset
 * Regression Using the Nonnegative Garrote", Technometrics 37), but never less than half; d is the mean absolute change of that
 * sixteenth of the picture that changes most. A backlit face alone is reason enough for a correction; the mean over the picture
 * would hide it.
 *
 * @param proxy what the correction was made from, sRGB-encoded 0..1
 */
export function shrinkCorrection(correction: Correction, proxy: Proxy): Correction {
  const share = Math.max(SMALLEST_SHARE, 1 - (THRESHOLD / largestChange(correction, proxy)) ** 2);
  const identity = identityCorrection().coefficients;
  const coefficients = correction.coefficients.map((coefficient, index) => {
    const unchanged = identity[index % CELL_COEFFICIENTS]!;
    return unchanged + share * (coefficient - unchanged);
  });
  return createCorrection({ ...correction, coefficients });
}

/** The largest of the regions' mean absolute changes, 0..1. */
function largestChange(correction: Correction, proxy: Proxy): number {
  const { width, height, pixels } = proxy;
  const after = applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy).pixels;
  const sums = new Float64Array(REGIONS * REGIONS);
  const counts = new Float64Array(REGIONS * REGIONS);
  for (let y = 0, i = 0; y < height; y++) {
    const firstRegion = Math.floor((y * REGIONS) / height) * REGIONS;
    for (let x = 0; x < width; x++) {
      const region = firstRegion + Math.floor((x * REGIONS) / width);
      counts[region]! += 3;
      for (const end = i + 3; i < end; i++) sums[region]! += Math.abs(after[i]! - pixels[i]!);
    }
  }
  return sums.reduce((most, sum, region) => (counts[region]! > 0 ? Math.max(most, sum / counts[region]!) : most), 0);
}
