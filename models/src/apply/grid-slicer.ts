import { CELL_COEFFICIENTS, type Correction } from '../correction.ts';
import type { Size } from '../image.ts';

/** Corrects row `y` of the image in place: `line` is `[width][3]`, sRGB-encoded, extended. */
export type RowSlicer = (line: Float32Array, y: number) => void;

/*
 * Slicing costs by the pixel, so everything that does not change from pixel to pixel is taken out of that loop.
 * - Per row the grid is interpolated along y, once.
 * - Per row and cell (the pixels between two neighbouring cell centres) the 2×2 corners in x and z become, for each coefficient,
 *   the four numbers of `c0 + c1·fx + c2·fz + c3·fx·fz`: 48 numbers for each depth that a pixel of the cell asks for. A photograph
 *   has a few depths in a cell of many pixels; all of a deep grid's would cost more than the pixels of a small picture.
 * - Per pixel 36 multiplications and additions give the matrix, 9 more the colour. No allocation, no pow.
 * Interpolating along x for each column before z would take gridDepth × 12 operations a pixel instead; weighing the four corners
 * without the cell buffer takes 48 multiplications.
 *
 * Every row depends on nothing but its y: any strips of rows give the same pixels as the whole.
 */
const TERMS = 4;
const DEPTH_STRIDE = CELL_COEFFICIENTS * TERMS;
const IDENTITY_COLUMNS = [0, 5, 10];

/** The slice-and-apply step for images of this size, with `strength` folded into the grid: I + strength·(A − I). */
export function createRowSlicer(correction: Correction, strength: number, size: Size): RowSlicer {
  const { gridWidth, gridHeight, gridDepth } = correction;
  const grid = foldStrength(correction.coefficients, strength);
  const rowGrid = new Float64Array(gridWidth * gridDepth * CELL_COEFFICIENTS);
  const cell: Cell = {
    x0: 0,
    x1: 0,
    terms: new Float64Array(gridDepth * DEPTH_STRIDE),
    isReady: new Uint8Array(gridDepth),
  };
  const lift = createGuide(correction);
  const cells = Math.max(1, gridWidth - 1);
  const segments = Int32Array.from({ length: cells + 1 }, (_, index) =>
    segmentStart(index, cells, gridWidth, size.width),
  );
  const column = { scale: gridWidth / size.width, offset: 0 };
  return (line, y) => {
    interpolateRow(grid, rowGrid, gridHeight, ((y + 0.5) / size.height) * gridHeight - 0.5);
    for (let x0 = 0; x0 < cells; x0++) {
      const [from, to] = [segments[x0]!, segments[x0 + 1]!];
      if (from === to) continue;
      cell.x0 = x0;
      cell.x1 = Math.min(x0 + 1, gridWidth - 1);
      cell.isReady.fill(0);
      column.offset = 0.5 * column.scale - 0.5 - x0;
      sliceSegment(line, rowGrid, cell, { from, to, column, lift, gridDepth });
    }
  };
}

function foldStrength(coefficients: Float32Array, strength: number): Float64Array {
  // A plain loop: Float64Array.from with a function takes 20 times as long, 30 ms for a grid of 32×32×16.
  const grid = new Float64Array(coefficients.length);
  for (let i = 0; i < grid.length; i++) grid[i] = coefficients[i]! * strength;
  for (let cell = 0; cell < grid.length; cell += CELL_COEFFICIENTS) {
    for (const column of IDENTITY_COLUMNS) grid[cell + column]! += 1 - strength;
  }
  return grid;
}

/** The first pixel that lies at or right of the centre of grid column `index`; the outer cells reach to the image's edges. */
function segmentStart(index: number, cells: number, gridWidth: number, width: number): number {
  if (index === 0) return 0;
  if (index === cells) return width;
  return Math.max(0, Math.min(width, Math.ceil(((index + 0.5) * width) / gridWidth - 0.5)));
}

function interpolateRow(grid: Float64Array, rowGrid: Float64Array, gridHeight: number, v: number): void {
  const clamped = Math.min(gridHeight - 1, Math.max(0, v));
  const top = Math.max(0, Math.min(gridHeight - 2, Math.floor(clamped)));
  const share = clamped - top;
  const upper = top * rowGrid.length;
  const lower = Math.min(top + 1, gridHeight - 1) * rowGrid.length;
  for (let i = 0; i < rowGrid.length; i++) {
    const value = grid[upper + i]!;
    rowGrid[i] = value + share * (grid[lower + i]! - value);
  }
}

/** The pixels between the centres of the grid columns x0 and x1. */
interface Cell {
  x0: number;
  x1: number;
  /** `[gridDepth][12][4]`, valid where `isReady`. */
  readonly terms: Float64Array;
  readonly isReady: Uint8Array;
}

function prepareDepth(rowGrid: Float64Array, { x0, x1, terms, isReady }: Cell, z: number): void {
  const depths = isReady.length * CELL_COEFFICIENTS;
  const left = x0 * depths + z * CELL_COEFFICIENTS;
  const right = x1 * depths + z * CELL_COEFFICIENTS;
  const above = z < isReady.length - 1 ? CELL_COEFFICIENTS : 0;
  for (let k = 0; k < CELL_COEFFICIENTS; k++) {
    const target = z * DEPTH_STRIDE + k * TERMS;
    const corner = rowGrid[left + k]!;
    const alongX = rowGrid[right + k]! - corner;
    terms[target] = corner;
    terms[target + 1] = alongX;
    terms[target + 2] = rowGrid[left + above + k]! - corner;
    terms[target + 3] = rowGrid[right + above + k]! - rowGrid[left + above + k]! - alongX;
  }
  isReady[z] = 1;
}

interface Segment {
  readonly from: number;
  readonly to: number;
  /** `fx = x · scale + offset`. */
  readonly column: { readonly scale: number; readonly offset: number };
  readonly lift: GuideTable;
  readonly gridDepth: number;
}

function sliceSegment(
  line: Float32Array,
  rowGrid: Float64Array,
  cell: Cell,
  { from, to, column, lift, gridDepth }: Segment,
): void {
  const { terms, isReady } = cell;
  const { scale, offset } = column;
  const { red, green, blue, table } = lift;
  const deepest = gridDepth - 1;
  const lastCell = Math.max(0, gridDepth - 2);
  for (let x = from, i = from * 3; x < to; x++, i += 3) {
    const r = line[i]!;
    const g = line[i + 1]!;
    const b = line[i + 2]!;
    const u = x * scale + offset;
    const fx = u > 0 ? (u < 1 ? u : 1) : 0;
    const guide = unit(red * unit(r) + green * unit(g) + blue * unit(b));
    const w = (table === undefined ? guide : bend(guide, table)) * gridDepth - 0.5;
    const depth = w > 0 ? (w < deepest ? w : deepest) : 0;
    const whole = depth | 0;
    const z = whole < lastCell ? whole : lastCell;
    const fz = depth - z;
    if (isReady[z] === 0) prepareDepth(rowGrid, cell, z);
    const o = z * DEPTH_STRIDE;
    line[i] =
      mix(terms, o, fx, fz) * r +
      mix(terms, o + 4, fx, fz) * g +
      mix(terms, o + 8, fx, fz) * b +
      mix(terms, o + 12, fx, fz);
    const p = o + 16;
    line[i + 1] =
      mix(terms, p, fx, fz) * r +
      mix(terms, p + 4, fx, fz) * g +
      mix(terms, p + 8, fx, fz) * b +
      mix(terms, p + 12, fx, fz);
    const q = o + 32;
    line[i + 2] =
      mix(terms, q, fx, fz) * r +
      mix(terms, q + 4, fx, fz) * g +
      mix(terms, q + 8, fx, fz) * b +
      mix(terms, q + 12, fx, fz);
  }
}

function mix(terms: Float64Array, at: number, fx: number, fz: number): number {
  return terms[at]! + terms[at + 1]! * fx + fz * (terms[at + 2]! + terms[at + 3]! * fx);
}

/** Clamped to 0..1; what is no number is 0. */
function unit(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}

interface GuideTable {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** value^gamma over the square root of value; `undefined` for gamma 1. */
  readonly table: Float32Array | undefined;
}

const GUIDE_STEPS = 4096;

function createGuide({ guide }: Correction): GuideTable {
  const [red, green, blue] = guide.weights;
  if (guide.gamma === 1) return { red, green, blue, table: undefined };
  const table = Float32Array.from(
    { length: GUIDE_STEPS + 2 },
    (_, i) => Math.min(1, i / GUIDE_STEPS) ** (2 * guide.gamma),
  );
  return { red, green, blue, table };
}

function bend(guide: number, table: Float32Array): number {
  const position = Math.sqrt(guide) * GUIDE_STEPS;
  const index = position | 0;
  const below = table[index]!;
  return below + (position - index) * (table[index + 1]! - below);
}
