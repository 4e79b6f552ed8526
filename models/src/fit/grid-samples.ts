import type { Guide } from '../correction.ts';
import type { ProxyImage } from '../proxy.ts';
import { runSteps, type Steps } from '../steps.ts';

/** Sides of a bilateral grid. */
export interface GridSize {
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly gridDepth: number;
}

/** How every pixel of a picture reads a grid: 8 cells and their trilinear weights, `[pixel][8]`. */
export interface GridSamples {
  readonly cells: Int32Array;
  readonly weights: Float32Array;
}

/** Corners of a trilinear sample. */
export const CORNERS = 8;
/** Rows of a proxy in a piece: with 256 pixels each they take two milliseconds. */
const PIECE_ROWS = 32;

/** The cells and weights of slicing, as defined at `Correction`. */
export function createGridSamples(proxy: ProxyImage, grid: GridSize, guide: Guide): GridSamples {
  return runSteps(gridSamplesSteps(proxy, grid, guide));
}

/** {@link createGridSamples} in pieces. */
export function* gridSamplesSteps(proxy: ProxyImage, grid: GridSize, guide: Guide): Steps<GridSamples> {
  const { width, height } = proxy;
  const cells = new Int32Array(width * height * CORNERS);
  const weights = new Float32Array(width * height * CORNERS);
  const fill = rowFiller(proxy, { ...grid, guide }, { cells, weights });
  for (let first = 0; first < height; first += PIECE_ROWS) {
    fill(first, Math.min(height, first + PIECE_ROWS));
    yield;
  }
  return { cells, weights };
}

/** Fills in the samples of the rows from `first` to `end`. */
function rowFiller(
  { width, height, pixels }: ProxyImage,
  { guide, ...grid }: GridSize & { readonly guide: Guide },
  { cells, weights }: GridSamples,
): (first: number, end: number) => void {
  const rows = axisSamples(height, grid.gridHeight);
  const columns = axisSamples(width, grid.gridWidth);
  return (first, end) => {
    for (let y = first, at = first * width * CORNERS; y < end; y++) {
      for (let x = 0; x < width; x++, at += CORNERS) {
        const w = guideOf(pixels, (y * width + x) * 3, guide) * grid.gridDepth - 0.5;
        const depth = Math.min(grid.gridDepth - 1, Math.max(0, w));
        const level = Math.floor(depth);
        for (let corner = 0; corner < CORNERS; corner++) {
          const row = y * 2 + (corner & 1);
          const column = x * 2 + ((corner >> 1) & 1);
          const isDeeper = corner >= 4;
          const z = isDeeper ? Math.min(grid.gridDepth - 1, level + 1) : level;
          const depthWeight = isDeeper ? depth - level : 1 - depth + level;
          cells[at + corner] = (rows.index[row]! * grid.gridWidth + columns.index[column]!) * grid.gridDepth + z;
          weights[at + corner] = rows.weight[row]! * columns.weight[column]! * depthWeight;
        }
      }
    }
  };
}

/** The two neighbours of every pixel along one axis of the grid, and their weights: `[pixel][2]`. */
function axisSamples(length: number, size: number): { index: Int32Array; weight: Float64Array } {
  const index = new Int32Array(length * 2);
  const weight = new Float64Array(length * 2);
  for (let i = 0; i < length; i++) {
    const position = Math.min(size - 1, Math.max(0, ((i + 0.5) / length) * size - 0.5));
    const first = Math.floor(position);
    index[i * 2] = first;
    index[i * 2 + 1] = Math.min(size - 1, first + 1);
    weight[i * 2] = 1 - position + first;
    weight[i * 2 + 1] = position - first;
  }
  return { index, weight };
}

/** The guide of the pixel whose red is at `at`, 0..1, as defined at `Guide`. */
export function guideOf(pixels: Float32Array, at: number, { weights, gamma }: Guide): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) sum += weights[c]! * Math.min(1, Math.max(0, pixels[at + c]!));
  return Math.min(1, Math.max(0, sum)) ** gamma;
}
