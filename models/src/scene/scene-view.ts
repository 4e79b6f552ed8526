import type { ModelContract } from '../contract.ts';
import { CELL_COEFFICIENTS, createCorrection, type Correction } from '../correction.ts';
import type { Size } from '../image.ts';
import type { ProxyImage } from '../proxy.ts';
import { runSteps, type Steps } from '../steps.ts';
import { findSceneSteps, type PixelBox } from './find-scene.ts';

/** A photograph as the network is shown it: without its frame, if it has one. */
export interface SceneView {
  /** The whole picture, as it was averaged. */
  readonly proxy: ProxyImage;
  /** What the network is given: the scene, at the size of the network's input. */
  readonly scene: ProxyImage;
  /** Where the scene lies in `proxy`. */
  readonly box: PixelBox;
}

/** A grid that covers a frame too has at most this many cells along a side. */
const MOST_CELLS = 64;
/** Rows of cells that are carried over in a piece: two milliseconds. */
const PIECE_CELL_ROWS = 8;
/** Rows of pixels that are enlarged in a piece: three milliseconds before the code is compiled. */
const PIECE_PIXEL_ROWS = 64;

/**
 * Shows a proxy to a network that answers with a grid: only what lies within the frame ({@link findSceneSteps}), enlarged to the whole input.
 * An image → image network is shown the proxy as it is.
 *
 * @param proxy of the size that `proxySize` gives
 */
export function viewScene(contract: Pick<ModelContract, 'kind'>, proxy: ProxyImage): SceneView {
  return runSteps(viewSteps(contract, proxy));
}

/** {@link viewScene} in pieces. */
export function* viewSteps({ kind }: Pick<ModelContract, 'kind'>, proxy: ProxyImage): Steps<SceneView> {
  const whole = { left: 0, top: 0, width: proxy.width, height: proxy.height };
  const box = kind === 'grid' ? yield* findSceneSteps(proxy) : whole;
  yield;
  const isWhole = box.width === proxy.width && box.height === proxy.height;
  return { proxy, scene: isWhole ? proxy : yield* enlargeSteps(proxy, box, proxy), box };
}

/**
 * Carries a correction of the scene over to the whole picture. The scene is corrected up to its edge: cells beside it repeat the nearest
 * cell of the scene. Farther out the frame gets the mean correction of the scene, so that a flat frame stays flat.
 *
 * @param place where the scene lies, in pixels of `whole`
 */
export function coverPicture(correction: Correction, place: ScenePlace): Correction {
  return runSteps(coverSteps(correction, place));
}

/** Where a scene lies in a picture. */
interface ScenePlace {
  readonly box: PixelBox;
  readonly whole: Size;
}

/** {@link coverPicture} in pieces. */
export function* coverSteps(correction: Correction, { box, whole }: ScenePlace): Steps<Correction> {
  const { gridWidth, gridHeight, gridDepth, coefficients: from } = correction;
  if (box.width === whole.width && box.height === whole.height) return correction;
  const columns = places({ cells: gridWidth, whole: whole.width, start: box.left, length: box.width });
  const rows = places({ cells: gridHeight, whole: whole.height, start: box.top, length: box.height });
  const cell = gridDepth * CELL_COEFFICIENTS;
  const mean = meanCell(from, cell);
  yield;
  const coefficients = new Float32Array(columns.length * rows.length * cell);
  for (const [y, row] of rows.entries()) {
    if (y % PIECE_CELL_ROWS === 0) yield;
    for (const [x, column] of columns.entries()) {
      const at = (y * columns.length + x) * cell;
      const away = Math.max(row.away, column.away);
      for (let i = 0; i < cell; i++) coefficients[at + i] = away * mean[i]!;
      const corners = [
        [row.low, column.low, (1 - row.share) * (1 - column.share)],
        [row.low, column.high, (1 - row.share) * column.share],
        [row.high, column.low, row.share * (1 - column.share)],
        [row.high, column.high, row.share * column.share],
      ] as const;
      for (const [cornerY, cornerX, share] of corners) {
        const weight = (1 - away) * share;
        if (weight === 0) continue;
        const source = (cornerY * gridWidth + cornerX) * cell;
        for (let i = 0; i < cell; i++) coefficients[at + i] = coefficients[at + i]! + weight * from[source + i]!;
      }
    }
  }
  yield;
  return createCorrection({ ...correction, gridWidth: columns.length, gridHeight: rows.length, coefficients });
}

/** The mean of all cells, depth by depth. */
function meanCell(coefficients: Float32Array, cell: number): Float64Array {
  const mean = new Float64Array(cell);
  const share = cell / coefficients.length;
  for (let i = 0; i < coefficients.length; i++) mean[i % cell] = mean[i % cell]! + share * coefficients[i]!;
  return mean;
}

/** Between which two samples in a row something lies, and how far from the first. */
interface SamplePlace {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Which cells of the scene a cell of the whole picture repeats, and how far away it is: 0 within the scene and beside it, 1 from two cells on. */
interface CellPlace extends SamplePlace {
  readonly away: number;
}

function places(side: { cells: number; whole: number; start: number; length: number }): CellPlace[] {
  const count = Math.min(MOST_CELLS, Math.ceil((side.cells * side.whole) / side.length));
  const cellSize = side.whole / count;
  return Array.from({ length: count }, (_, index) => {
    const pixel = (index + 0.5) * cellSize;
    const outside = Math.max(side.start - pixel, pixel - side.start - side.length, 0) / cellSize;
    const away = Math.min(1, Math.max(0, outside - 1));
    return { ...placeOf((pixel - side.start) / side.length, side.cells), away };
  });
}

/** Where a place 0..1 lies among `count` samples in a row. */
function placeOf(share: number, count: number): SamplePlace {
  const place = Math.min(count - 1, Math.max(0, share * count - 0.5));
  const low = Math.floor(place);
  return { low, high: Math.min(count - 1, low + 1), share: place - low };
}

/** A box of a proxy, bilinear, at the size of the whole if no other is given. */
export function enlargeBox(proxy: ProxyImage, box: PixelBox, size: Size = proxy): ProxyImage {
  return runSteps(enlargeSteps(proxy, box, size));
}

/** {@link enlargeBox} in pieces. */
function* enlargeSteps(
  { width: given, pixels }: ProxyImage,
  box: PixelBox,
  { width, height }: Size,
): Steps<ProxyImage> {
  const across = Array.from({ length: width }, (_, x) => placeOf((x + 0.5) / width, box.width));
  const down = Array.from({ length: height }, (_, y) => placeOf((y + 0.5) / height, box.height));
  const out = new Float32Array(width * height * 3);
  for (const [y, row] of down.entries()) {
    if (y > 0 && y % PIECE_PIXEL_ROWS === 0) yield;
    const upper = ((box.top + row.low) * given + box.left) * 3;
    const lower = ((box.top + row.high) * given + box.left) * 3;
    for (const [x, column] of across.entries()) {
      for (let c = 0; c < 3; c++) {
        const [left, right] = [column.low * 3 + c, column.high * 3 + c];
        const above = pixels[upper + left]! + column.share * (pixels[upper + right]! - pixels[upper + left]!);
        const below = pixels[lower + left]! + column.share * (pixels[lower + right]! - pixels[lower + left]!);
        out[(y * width + x) * 3 + c] = above + row.share * (below - above);
      }
    }
  }
  return { width, height, pixels: out };
}
