import type { CurvePoint } from './curves-fit.ts';
import type { LevelMap } from './level-map.ts';
import { curveLevels, LEVELS } from './natural-spline.ts';

/** Some versions of Photoshop's dialog take 14 points besides the ends, others 14 in all; 14 in all works in every version. */
const MAX_POINTS = 14;
/** Points closer than this cannot be told apart by hand, and let the spline swing. */
const MIN_SPACING = 6;
/** A curve this close everywhere needs no more points: less than half a level, weighted. */
const GOOD_ENOUGH = 0.4;
const TOP = LEVELS - 1;

/**
 * A curve of few points through a level map. It starts with the ends and adds a point where the weighted error is worst. Then all
 * outputs are found at once by weighted least squares, because for given inputs a spline is linear in its outputs.
 */
export function fitCurvePoints(map: LevelMap): readonly CurvePoint[] {
  const importance = importanceOf(map.weights);
  let points = [pointAt(map, 0), pointAt(map, TOP)];
  while (points.length < MAX_POINTS) {
    const worst = worstLevel(points, map, importance);
    if (worst === undefined) break;
    points = [...points, pointAt(map, worst)].sort((left, right) => left.input - right.input);
  }
  const refined = leastSquares(points, map, importance);
  const isBetter = costOf(refined, map, importance) < costOf(points, map, importance);
  return isBetter ? refined : points;
}

function pointAt({ outputs }: LevelMap, level: number): CurvePoint {
  return { input: level, output: Math.round(outputs[level]!) };
}

/** Square roots, so that a rare tone is not given up for a common one; 1 for the average level. */
function importanceOf(weights: Float64Array): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => Math.sqrt(Math.min(4, weight / mean)));
}

function worstLevel(points: readonly CurvePoint[], map: LevelMap, importance: Float64Array): number | undefined {
  const levels = curveLevels(points);
  let worst: number | undefined;
  let worstError = GOOD_ENOUGH;
  for (const [level, value] of levels.entries()) {
    const error = Math.abs(value - map.outputs[level]!) * importance[level]!;
    if (error <= worstError || points.some(({ input }) => Math.abs(input - level) < MIN_SPACING)) continue;
    [worst, worstError] = [level, error];
  }
  return worst;
}

function leastSquares(points: readonly CurvePoint[], map: LevelMap, importance: Float64Array): readonly CurvePoint[] {
  // Each point's share in every level: the curve with 1 there and 0 at the others, in halves so that nothing is clamped.
  const basis = points.map((_, index) =>
    curveLevels(points.map(({ input }, i) => ({ input, output: i === index ? 128 : 64 }))).map(
      (level) => (level - 64) / 64,
    ),
  );
  const matrix = basis.map((left) => basis.map((right) => weightedDot(left, right, importance)));
  const right = basis.map((column) => weightedDot(column, map.outputs, importance));
  let lowest = 0;
  return solve(matrix, right).map((output, index) => {
    lowest = Math.max(lowest, Math.min(TOP, Math.round(output)));
    return { input: points[index]!.input, output: lowest };
  });
}

function weightedDot(left: Float64Array, right: Float64Array, importance: Float64Array): number {
  let sum = 0;
  for (let level = 0; level < left.length; level++) sum += left[level]! * right[level]! * importance[level]! ** 2;
  return sum;
}

/** Gaussian elimination of a positive definite system (no pivoting needed), in place. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = pivot + 1; row < size; row++) {
      const factor = matrix[row]![pivot]! / matrix[pivot]![pivot]!;
      for (let column = pivot; column < size; column++) matrix[row]![column]! -= factor * matrix[pivot]![column]!;
      right[row]! -= factor * right[pivot]!;
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let column = row + 1; column < size; column++) right[row]! -= matrix[row]![column]! * right[column]!;
    right[row]! /= matrix[row]![row]!;
  }
  return right;
}

/** A fall of one level counts as much as an error of a hundred: a picture with inverted tones is broken. */
const FALL_COST = 100;

function costOf(points: readonly CurvePoint[], { outputs }: LevelMap, importance: Float64Array): number {
  const levels = curveLevels(points);
  let cost = 0;
  for (const [level, value] of levels.entries()) {
    cost += ((value - outputs[level]!) * importance[level]!) ** 2;
    const fall = level > 0 ? levels[level - 1]! - value : 0;
    if (fall > 0) cost += FALL_COST * fall;
  }
  return cost;
}
