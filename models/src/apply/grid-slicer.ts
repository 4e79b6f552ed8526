import { CELL_COEFFICIENTS, type Correction } from '../correction.ts';
import type { Size } from '../image.ts';

/** Corrects row `y` of the image in place: `line` is `[width][3]`, sRGB-encoded, extended. */
export type RowSlicer = (line: Float32Array, y: number) => void;

/** A grid to be sliced for images of one size, as both kernels compute it. */
export interface Slicing {
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly gridDepth: number;
  /** `[gridHeight][gridWidth][gridDepth][12]`, with the strength folded in: I + strength·(A − I). */
  readonly grid: Float32Array;
  /** `segments[i]` to `segments[i + 1]` are the pixels between the centres of the grid's columns i and i + 1. */
  readonly segments: Int32Array;
  /** Of pixel `segments[i] + n` the share of the right column is `clamp01(n · scale + starts[i])`. */
  readonly starts: Float32Array;
  readonly scale: number;
  readonly guide: GuidePlan;
}

export interface GuidePlan {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** The guide's power over the square root of its value; `undefined` for gamma 1. */
  readonly table: Float32Array | undefined;
}

/** The two rows of the grid that row `y` lies between, and the share of the lower one. */
export interface RowPosition {
  readonly upper: number;
  readonly lower: number;
  readonly share: number;
}

/*
 * Slicing runs for every pixel, so everything that does not change from pixel to pixel is computed outside that loop.
 * - Per row the grid is interpolated along y, once.
 * - Per row and cell (the pixels between two neighbouring cell centres) the 2×2 corners in x and z become, for each coefficient,
 *   the four numbers of `c0 + c1·fx + c2·fz + c3·fx·fz`: 48 numbers for each depth that a pixel of the cell asks for. A photograph
 *   has a few depths in a cell of many pixels; all of a deep grid's would cost more than the pixels of a small picture.
 * - Per pixel 36 multiplications and additions give the matrix, 9 more the colour. No allocation, no pow.
 * Interpolating along x for each column before z would take gridDepth × 12 operations a pixel instead; weighing the four corners
 * without the cell buffer takes 48 multiplications.
 *
 * Each step is rounded to 32 bits, in the order in which the WebAssembly kernel does it (kernel/assembly/slice.ts).
 * Every row depends on nothing but its y: any strips of rows give the same pixels as the whole.
 */
const TERMS = 4;
const DEPTH_STRIDE = CELL_COEFFICIENTS * TERMS;
const IDENTITY_COLUMNS = [0, 5, 10];
const GUIDE_STEPS = 4096;
const f = Math.fround;

/** Prepares the slice-and-apply step for `width` columns of the whole picture, from `left` on. */
export function planSlicing(
  correction: Correction,
  strength: number,
  { left, width, whole }: { readonly left: number; readonly width: number; readonly whole: Size },
): Slicing {
  const { gridWidth, gridHeight, gridDepth } = correction;
  const cells = Math.max(1, gridWidth - 1);
  const segments = Int32Array.from({ length: cells + 1 }, (_, index) => {
    const start = segmentStart(index, cells, gridWidth, whole.width) - left;
    return Math.max(0, Math.min(width, start));
  });
  const column = (x: number): number => ((left + x + 0.5) / whole.width) * gridWidth - 0.5;
  return {
    gridWidth,
    gridHeight,
    gridDepth,
    grid: foldStrength(correction.coefficients, strength),
    segments,
    starts: Float32Array.from({ length: cells }, (_, index) => column(segments[index]!) - index),
    scale: f(gridWidth / whole.width),
    guide: planGuide(correction),
  };
}

function foldStrength(coefficients: Float32Array, strength: number): Float32Array {
  // A plain loop: from() with a function takes 20 times as long, 30 ms for a grid of 32×32×16.
  const grid = new Float32Array(coefficients.length);
  for (let i = 0; i < grid.length; i++) grid[i] = coefficients[i]! * strength;
  for (let cell = 0; cell < grid.length; cell += CELL_COEFFICIENTS) {
    for (const column of IDENTITY_COLUMNS)
      grid[cell + column] = coefficients[cell + column]! * strength + (1 - strength);
  }
  return grid;
}

/** The first pixel that lies at or right of the centre of grid column `index`; the outer cells reach to the image's edges. */
function segmentStart(index: number, cells: number, gridWidth: number, width: number): number {
  if (index === 0) return 0;
  if (index === cells) return width;
  return Math.ceil(((index + 0.5) * width) / gridWidth - 0.5);
}

function planGuide({ guide }: Correction): GuidePlan {
  const [red, green, blue] = guide.weights;
  if (guide.gamma === 1) return { red, green, blue, table: undefined };
  const table = Float32Array.from(
    { length: GUIDE_STEPS + 2 },
    (_, i) => Math.min(1, i / GUIDE_STEPS) ** (2 * guide.gamma),
  );
  return { red, green, blue, table };
}

/** Where row `y` of an image of `height` rows lies in the grid. */
export function rowPosition(gridHeight: number, y: number, height: number): RowPosition {
  const row = ((y + 0.5) / height) * gridHeight - 0.5;
  const clamped = Math.min(gridHeight - 1, Math.max(0, row));
  const upper = Math.max(0, Math.min(gridHeight - 2, Math.floor(clamped)));
  return { upper, lower: Math.min(upper + 1, gridHeight - 1), share: f(clamped - upper) };
}

/** Slices as planned. */
export function createRowSlicer(slicing: Slicing, height: number): RowSlicer {
  const { gridWidth, gridHeight, gridDepth, grid, segments } = slicing;
  const rowGrid = new Float32Array(gridWidth * gridDepth * CELL_COEFFICIENTS);
  const cell: Cell = {
    x0: 0,
    x1: 0,
    terms: new Float32Array(gridDepth * DEPTH_STRIDE),
    isReady: new Uint8Array(gridDepth),
    matrix: new Float32Array(CELL_COEFFICIENTS),
  };
  const cells = segments.length - 1;
  return (line, y) => {
    interpolateRow(grid, rowGrid, rowPosition(gridHeight, y, height));
    for (let x0 = 0; x0 < cells; x0++) {
      if (segments[x0] === segments[x0 + 1]) continue;
      cell.x0 = x0;
      cell.x1 = Math.min(x0 + 1, gridWidth - 1);
      cell.isReady.fill(0);
      sliceSegment(line, rowGrid, cell, slicing);
    }
  };
}

function interpolateRow(grid: Float32Array, rowGrid: Float32Array, { upper, lower, share }: RowPosition): void {
  const above = upper * rowGrid.length;
  const below = lower * rowGrid.length;
  for (let i = 0; i < rowGrid.length; i++) {
    const value = grid[above + i]!;
    rowGrid[i] = f(value + f(share * f(grid[below + i]! - value)));
  }
}

/** The pixels between the centres of the grid columns x0 and x1. */
interface Cell {
  x0: number;
  x1: number;
  /** `[gridDepth][12][4]`, valid where `isReady`. */
  readonly terms: Float32Array;
  readonly isReady: Uint8Array;
  /** Of the pixel at hand, `[3][4]`. */
  readonly matrix: Float32Array;
}

function prepareDepth(rowGrid: Float32Array, { x0, x1, terms, isReady }: Cell, z: number): void {
  const depths = isReady.length * CELL_COEFFICIENTS;
  const left = x0 * depths + z * CELL_COEFFICIENTS;
  const right = x1 * depths + z * CELL_COEFFICIENTS;
  const above = z < isReady.length - 1 ? CELL_COEFFICIENTS : 0;
  for (let k = 0; k < CELL_COEFFICIENTS; k++) {
    const target = z * DEPTH_STRIDE + k * TERMS;
    const corner = rowGrid[left + k]!;
    const alongX = f(rowGrid[right + k]! - corner);
    terms[target] = corner;
    terms[target + 1] = alongX;
    terms[target + 2] = f(rowGrid[left + above + k]! - corner);
    terms[target + 3] = f(f(rowGrid[right + above + k]! - rowGrid[left + above + k]!) - alongX);
  }
  isReady[z] = 1;
}

function sliceSegment(line: Float32Array, rowGrid: Float32Array, cell: Cell, slicing: Slicing): void {
  const { terms, isReady, x0, matrix } = cell;
  const { scale, segments, starts, gridDepth } = slicing;
  const { red, green, blue, table } = slicing.guide;
  const [from, to, start] = [segments[x0]!, segments[x0 + 1]!, starts[x0]!];
  const deepest = gridDepth - 1;
  const lastCell = Math.max(0, gridDepth - 2);
  for (let x = from, i = from * 3; x < to; x++, i += 3) {
    const r = line[i]!;
    const g = line[i + 1]!;
    const b = line[i + 2]!;
    const fx = unit(f(f((x - from) * scale) + start));
    const guide = unit(f(f(f(red * unit(r)) + f(green * unit(g))) + f(blue * unit(b))));
    const w = f(f((table === undefined ? guide : bend(guide, table)) * gridDepth) - 0.5);
    const depth = w > 0 ? (w < deepest ? w : deepest) : 0;
    const whole = depth | 0;
    const z = whole < lastCell ? whole : lastCell;
    const fz = f(depth - z);
    if (isReady[z] === 0) prepareDepth(rowGrid, cell, z);
    mix(terms, z * DEPTH_STRIDE, { fx, fz }, matrix);
    line[i] = f(f(matrix[0]! * r) + f(matrix[2]! * b)) + f(f(matrix[1]! * g) + matrix[3]!);
    line[i + 1] = f(f(matrix[4]! * r) + f(matrix[6]! * b)) + f(f(matrix[5]! * g) + matrix[7]!);
    line[i + 2] = f(f(matrix[8]! * r) + f(matrix[10]! * b)) + f(f(matrix[9]! * g) + matrix[11]!);
  }
}

/** The twelve coefficients at a place in a cell. The array that takes them rounds, as `line` does. */
function mix(terms: Float32Array, at: number, { fx, fz }: { fx: number; fz: number }, matrix: Float32Array): void {
  for (let k = 0, t = at; k < CELL_COEFFICIENTS; k++, t += TERMS) {
    matrix[k] = f(terms[t]! + f(terms[t + 1]! * fx)) + f(fz * f(terms[t + 2]! + f(terms[t + 3]! * fx)));
  }
}

/** Clamped to 0..1; NaN becomes 0. */
function unit(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}

function bend(guide: number, table: Float32Array): number {
  const position = f(f(Math.sqrt(guide)) * GUIDE_STEPS);
  const index = position | 0;
  const below = table[index]!;
  return f(below + f(f(position - index) * f(table[index + 1]! - below)));
}
