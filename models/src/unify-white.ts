import { CELL_COEFFICIENTS, createCorrection, type Correction } from './correction.ts';
import { CORNERS, gridSamplesSteps, guideOf } from './fit/grid-samples.ts';
import type { ProxyImage } from './proxy.ts';
import { runSteps, type Steps } from './steps.ts';

const WHITE = new Float32Array([1, 1, 1]);
/** A proxy pixel counts as clipped from here on in all channels: code 252.5 of 255, as a mean over noise and JPEG blocks needs. */
const CLIPPED = 0.99;
/** Share of clipped pixels from which a cell gets the picture's white entirely. A few specks in a bright façade are fewer. */
const ENOUGH = 0.2;
/** The picture's white is at least this bright, 0..1, over its channels (code 250): below it a sky looks like gray paper. */
const DARKEST_WHITE = 0.98;
/** Pixels counted in a piece: two milliseconds. */
const PIECE_PIXELS = 8192;

/**
 * Gives a picture one white. A pixel that is clipped in all channels says nothing of what was there, so no such pixel should become
 * darker than the next. Networks make them differ where a cell of the grid holds a bit of white sky and much of a
 * building: a gray seam along the roof. So all clipped pixels become what the correction makes of them on average,
 * or brighter if that is gray.
 *
 * White pixels read only the deepest layer of the grid, so the difference is added there. Interpolation changes near-white pixels
 * without an edge, and pixels darker than the centre of the layer before stay as they were. The difference is a constant, not a slope:
 * values beyond white, which 32-bit documents have, change by no more.
 *
 * The correction comes back as it is when nothing is clipped, when its grid has one layer, or when its guide has white elsewhere.
 *
 * @param proxy what the correction was made from, sRGB-encoded 0..1
 */
export function unifyWhite(correction: Correction, proxy: ProxyImage): Correction {
  return runSteps(unifyWhiteSteps(correction, proxy));
}

/** {@link unifyWhite} in pieces. */
export function* unifyWhiteSteps(correction: Correction, proxy: ProxyImage): Steps<Correction> {
  const { gridWidth, gridHeight, gridDepth, guide } = correction;
  const isWhiteDeepest = guideOf(WHITE, 0, guide) >= (gridDepth - 0.5) / gridDepth;
  const shares = isWhiteDeepest && gridDepth > 1 ? yield* clippedShares(correction, proxy) : undefined;
  if (shares === undefined) return correction;
  yield;

  const coefficients = correction.coefficients.slice();
  const columns = gridWidth * gridHeight;
  const deepest = (column: number, row: number): number =>
    (column * gridDepth + gridDepth - 1) * CELL_COEFFICIENTS + row * 4;
  const whites = [0, 1, 2].map((row) =>
    Float64Array.from({ length: columns }, (_, column) => {
      const at = deepest(column, row);
      return coefficients[at]! + coefficients[at + 1]! + coefficients[at + 2]! + coefficients[at + 3]!;
    }),
  );
  const means = whites.map((values) => weightedMean(values, shares.clipped));
  const lift = Math.max(0, DARKEST_WHITE - means.reduce((sum, mean) => sum + mean, 0) / means.length);
  for (const [row, values] of whites.entries()) {
    const white = means[row]! + lift;
    for (let column = 0; column < columns; column++) {
      if (shares.clipped[column] === 0) continue;
      const share = Math.min(1, shares.clipped[column]! / shares.all[column]! / ENOUGH);
      coefficients[deepest(column, row) + 3]! += share * (white - values[column]!);
    }
  }
  return createCorrection({ ...correction, coefficients });
}

/** Pixels by column of cells, each counted where slicing reads the grid for it; undefined when none is clipped. */
function* clippedShares(
  correction: Correction,
  proxy: ProxyImage,
): Steps<{ readonly clipped: Float64Array; readonly all: Float64Array } | undefined> {
  const { pixels } = proxy;
  const isClipped = (pixel: number): boolean =>
    Math.min(pixels[pixel * 3]!, pixels[pixel * 3 + 1]!, pixels[pixel * 3 + 2]!) >= CLIPPED;
  const count = proxy.width * proxy.height;
  let first = 0;
  while (first < count && !isClipped(first)) first++;
  if (first === count) return undefined;

  const clipped = new Float64Array(correction.gridWidth * correction.gridHeight);
  const all = new Float64Array(clipped.length);
  const { cells, weights } = yield* gridSamplesSteps(proxy, correction, correction.guide);
  for (let pixel = 0; pixel < count; pixel++) {
    if (pixel % PIECE_PIXELS === 0) yield;
    const share = isClipped(pixel) ? 1 : 0;
    for (let corner = pixel * CORNERS; corner < (pixel + 1) * CORNERS; corner++) {
      const column = Math.floor(cells[corner]! / correction.gridDepth);
      all[column]! += weights[corner]!;
      clipped[column]! += share * weights[corner]!;
    }
  }
  return { clipped, all };
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return sum / total;
}
