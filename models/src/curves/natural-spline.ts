import type { CurvePoint } from './curves-fit.ts';

/** Levels of a curve, whatever the document's depth. */
export const LEVELS = 256;

/**
 * The output of each of the 256 levels for curve points with rising inputs: a natural cubic spline (second derivative 0 at the
 * ends; Press et al., "Numerical Recipes", §3.3), flat beyond the first and the last point, clamped to 0..255. That is how
 * Photoshop draws its curves.
 */
export function curveLevels(points: readonly CurvePoint[]): Float64Array {
  const first = points[0]!;
  const last = points.at(-1)!;
  const bends = secondDerivatives(points);
  const levels = new Float64Array(LEVELS);
  let segment = 0;
  for (let level = 0; level < LEVELS; level++) {
    if (level <= first.input || points.length === 1) levels[level] = first.output;
    else if (level >= last.input) levels[level] = last.output;
    else {
      while (points[segment + 1]!.input < level) segment++;
      levels[level] = splineValue(points, bends, segment, level);
    }
    levels[level] = Math.min(LEVELS - 1, Math.max(0, levels[level]!));
  }
  return levels;
}

/** Between levels straight lines; `position` and the result in levels, 0..255. */
export function atLevel(levels: Float64Array, position: number): number {
  const clamped = Math.min(LEVELS - 1, Math.max(0, position));
  const low = Math.min(LEVELS - 2, Math.floor(clamped));
  return levels[low]! + (clamped - low) * (levels[low + 1]! - levels[low]!);
}

function splineValue(points: readonly CurvePoint[], bends: Float64Array, segment: number, level: number): number {
  const from = points[segment]!;
  const to = points[segment + 1]!;
  const width = to.input - from.input;
  const a = (to.input - level) / width;
  const b = 1 - a;
  const bend = (a ** 3 - a) * bends[segment]! + (b ** 3 - b) * bends[segment + 1]!;
  return a * from.output + b * to.output + (bend * width ** 2) / 6;
}

/** The tridiagonal system of the second derivatives, solved by elimination. */
function secondDerivatives(points: readonly CurvePoint[]): Float64Array {
  const bends = new Float64Array(points.length);
  const right = new Float64Array(points.length);
  for (let i = 1; i < points.length - 1; i++) {
    const [before, here, after] = [points[i - 1]!, points[i]!, points[i + 1]!];
    const share = (here.input - before.input) / (after.input - before.input);
    const pivot = share * bends[i - 1]! + 2;
    bends[i] = (share - 1) / pivot;
    const slopes =
      (after.output - here.output) / (after.input - here.input) -
      (here.output - before.output) / (here.input - before.input);
    right[i] = ((6 * slopes) / (after.input - before.input) - share * right[i - 1]!) / pivot;
  }
  for (let i = points.length - 2; i >= 1; i--) bends[i] = bends[i]! * bends[i + 1]! + right[i]!;
  bends[0] = 0;
  return bends;
}
