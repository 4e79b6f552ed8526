import { DEFAULT_ADJUSTMENT } from './adjustment.ts';
import { createApplier } from './applier.ts';
import { colorSpaces } from './color/color-spaces.ts';
import { CELL_COEFFICIENTS, createCorrection, identityCorrection, type Correction } from './correction.ts';
import type { ProxyImage } from './proxy.ts';
import { runSteps, type Steps } from './steps.ts';

/** Regions along each side: a face, a window or a foreground is about a sixteenth of a picture. */
const REGIONS = 4;
/** t below, 0..1: nine 8-bit codes. `trainer/LOG.md` has what other thresholds do. */
const THRESHOLD = 0.035;
/** Every how many rows the change is taken: a mean over 16 rows of a region instead of 64 is as good, and this runs beside a user. */
const ROW_STEP = 4;
/** Rows of the proxy in a piece: a millisecond. */
const PIECE_ROWS = 64;
/** The least share of a change that is kept: a user who forces a correction still gets a visible one. */
const SMALLEST_SHARE = 0.5;

/**
 * Makes a correction weaker; the smaller it is, the more. Whether a photograph needs ten codes more is a matter of taste: two people
 * disagree by as much. That it is three stops too dark is not. So a small change is more often wrong than right.
 *
 * `1 − (t/d)²` of the difference from the identity is kept, as the non-negative garrote does (Breiman 1995, "Better Subset
 * Regression Using the Nonnegative Garrote", Technometrics 37), but never less than half; d is the mean absolute change of that
 * sixteenth of the picture that changes most. A backlit face alone justifies a correction; the mean over the picture would hide it.
 *
 * @param proxy what the correction was made from, sRGB-encoded 0..1
 */
export function shrinkCorrection(correction: Correction, proxy: ProxyImage): Correction {
  return runSteps(shrinkSteps(correction, proxy));
}

/** {@link shrinkCorrection} in pieces. */
export function* shrinkSteps(correction: Correction, proxy: ProxyImage): Steps<Correction> {
  const largest = yield* largestChange(correction, proxy);
  const share = Math.max(SMALLEST_SHARE, 1 - (THRESHOLD / largest) ** 2);
  return weaken(correction, share);
}

/** Keeps a share, 0..1, of what a correction changes. */
export function weaken(correction: Correction, share: number): Correction {
  if (share === 1) return correction;
  const identity = identityCorrection().coefficients;
  const coefficients = new Float32Array(correction.coefficients.length);
  for (let cell = 0; cell < coefficients.length; cell += CELL_COEFFICIENTS) {
    for (let i = 0; i < CELL_COEFFICIENTS; i++) {
      const unchanged = identity[i]!;
      coefficients[cell + i] = unchanged + share * (correction.coefficients[cell + i]! - unchanged);
    }
  }
  return createCorrection({ ...correction, coefficients });
}

/** The largest of the regions' mean absolute changes, 0..1. */
function* largestChange(correction: Correction, { width, height, pixels }: ProxyImage): Steps<number> {
  const description = { width, height, channels: 3, format: 'float32', colorSpace: colorSpaces.srgb } as const;
  const applier = createApplier(correction, DEFAULT_ADJUSTMENT, description);
  const after = new Float32Array(width * 3);
  const sums = new Float64Array(REGIONS * REGIONS);
  const counts = new Float64Array(REGIONS * REGIONS);
  yield;
  for (let y = Math.min(ROW_STEP >> 1, height - 1); y < height; y += ROW_STEP) {
    const before = pixels.subarray(y * width * 3, (y + 1) * width * 3);
    if (y % PIECE_ROWS < ROW_STEP) yield;
    applier.applyRows(before, after, { firstRow: y, rowCount: 1 });
    const firstRegion = Math.floor((y * REGIONS) / height) * REGIONS;
    for (let i = 0; i < after.length; i++) {
      const region = firstRegion + Math.floor((Math.floor(i / 3) * REGIONS) / width);
      sums[region]! += Math.abs(Math.min(1, Math.max(0, after[i]!)) - before[i]!);
      counts[region]!++;
    }
  }
  return sums.reduce((most, sum, region) => (counts[region]! > 0 ? Math.max(most, sum / counts[region]!) : most), 0);
}
