import { CELL_COEFFICIENTS } from '../correction.ts';
import { CORNERS, type GridSamples, type GridSize } from './grid-samples.ts';

/** How strongly the grid is held smooth, and near the identity, against what the pixels say; in pixels per cell. */
export interface Regularization {
  readonly smoothness: number;
  readonly identity: number;
}

/** The normal equations of the fit, never written out: 32×32×8 cells would make a 98 304² matrix. */
export interface NormalOperator {
  /** `H · x`: data, smoothness and identity terms. */
  readonly apply: (x: Float64Array) => Float64Array;
  /** The pixels' half of the right side: `Σ weights · target · [rgb 1]ᵀ`. */
  readonly project: (targets: Float32Array) => Float64Array;
  /** Approximately `H⁻¹ · x`: each cell's own 4×4 block solved, its neighbours left out. */
  readonly precondition: (x: Float64Array) => Float64Array;
}

/** @param pixels `[pixel][3]`, the picture's colours, which multiply the matrices */
export function createNormalOperator(
  pixels: Float32Array,
  samples: GridSamples,
  grid: GridSize,
  regularization: Regularization,
): NormalOperator {
  const unknowns = grid.gridWidth * grid.gridHeight * grid.gridDepth * CELL_COEFFICIENTS;
  const blocks = createBlocks(pixels, samples, grid, regularization);
  const sliced = new Float32Array(pixels.length);
  return {
    apply(x) {
      slice(x, samples, pixels, sliced);
      const result = splat(sliced, samples, pixels, unknowns);
      addSmoothness(x, result, grid, regularization.smoothness);
      for (let i = 0; i < unknowns; i++) result[i]! += regularization.identity * x[i]!;
      return result;
    },
    project: (targets) => splat(targets, samples, pixels, unknowns),
    precondition: (x) => solveBlocks(blocks, x),
  };
}

/** The grid's transforms applied to the pixels. */
function slice(x: Float64Array, { cells, weights }: GridSamples, pixels: Float32Array, sliced: Float32Array): void {
  for (let i = 0, corner = 0; i < pixels.length; i += 3) {
    const [r, g, b] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    let [red, green, blue] = [0, 0, 0];
    for (const end = corner + CORNERS; corner < end; corner++) {
      const at = cells[corner]! * CELL_COEFFICIENTS;
      const weight = weights[corner]!;
      red += weight * (x[at]! * r + x[at + 1]! * g + x[at + 2]! * b + x[at + 3]!);
      green += weight * (x[at + 4]! * r + x[at + 5]! * g + x[at + 6]! * b + x[at + 7]!);
      blue += weight * (x[at + 8]! * r + x[at + 9]! * g + x[at + 10]! * b + x[at + 11]!);
    }
    sliced[i] = red;
    sliced[i + 1] = green;
    sliced[i + 2] = blue;
  }
}

/** The transpose of {@link slice}. */
function splat(
  values: Float32Array,
  { cells, weights }: GridSamples,
  pixels: Float32Array,
  unknowns: number,
): Float64Array {
  const into = new Float64Array(unknowns);
  for (let i = 0, corner = 0; i < pixels.length; i += 3) {
    const [r, g, b] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    for (const end = corner + CORNERS; corner < end; corner++) {
      const weight = weights[corner]!;
      let at = cells[corner]! * CELL_COEFFICIENTS;
      for (let c = 0; c < 3; c++, at += 4) {
        const value = weight * values[i + c]!;
        into[at] = into[at]! + value * r;
        into[at + 1] = into[at + 1]! + value * g;
        into[at + 2] = into[at + 2]! + value * b;
        into[at + 3] = into[at + 3]! + value;
      }
    }
  }
  return into;
}

/** Adds the gradient of `½ · smoothness · Σ (x_i − x_j)²` over neighbouring cells along each axis. */
function addSmoothness(x: Float64Array, result: Float64Array, grid: GridSize, smoothness: number): void {
  const columnStep = grid.gridDepth * CELL_COEFFICIENTS;
  const rowStep = grid.gridWidth * columnStep;
  addDifferences(x, result, smoothness, { step: CELL_COEFFICIENTS, period: columnStep });
  addDifferences(x, result, smoothness, { step: columnStep, period: rowStep });
  addDifferences(x, result, smoothness, { step: rowStep, period: x.length });
}

/** Along one axis: neighbours lie `step` apart, the axis begins anew after `period`. */
function addDifferences(
  x: Float64Array,
  result: Float64Array,
  smoothness: number,
  { step, period }: { step: number; period: number },
): void {
  for (let start = 0; start < x.length; start += period) {
    for (let i = start; i < start + period - step; i++) {
      const difference = smoothness * (x[i]! - x[i + step]!);
      result[i] = result[i]! + difference;
      result[i + step] = result[i + step]! - difference;
    }
  }
}

/** Cells' inverted 4×4 blocks, `[cell][16]`. */
function createBlocks(
  pixels: Float32Array,
  { cells, weights }: GridSamples,
  grid: GridSize,
  { smoothness, identity }: Regularization,
): Float64Array {
  const count = grid.gridWidth * grid.gridHeight * grid.gridDepth;
  const blocks = new Float64Array(count * 16);
  for (let corner = 0; corner < cells.length; corner++) {
    const pixel = Math.floor(corner / CORNERS) * 3;
    const squared = weights[corner]! ** 2;
    for (let row = 0; row < 4; row++) {
      const left = squared * (row < 3 ? pixels[pixel + row]! : 1);
      const at = cells[corner]! * 16 + row * 4;
      for (let column = 0; column < 4; column++)
        blocks[at + column]! += left * (column < 3 ? pixels[pixel + column]! : 1);
    }
  }
  // An inner cell has six neighbours.
  for (let at = 0; at < blocks.length; at += 16) {
    for (let diagonal = 0; diagonal < 16; diagonal += 5) blocks[at + diagonal]! += 6 * smoothness + identity;
    invertBlock(blocks, at);
  }
  return blocks;
}

/** Gauss–Jordan in place; the blocks are symmetric and, by the regularisation, positive definite: no pivoting. */
function invertBlock(blocks: Float64Array, at: number): void {
  for (let pivot = 0; pivot < 4; pivot++) {
    const inverse = 1 / blocks[at + pivot * 5]!;
    blocks[at + pivot * 5] = 1;
    for (let column = 0; column < 4; column++) blocks[at + pivot * 4 + column]! *= inverse;
    for (let row = 0; row < 4; row++) {
      if (row === pivot) continue;
      const factor = blocks[at + row * 4 + pivot]!;
      blocks[at + row * 4 + pivot] = 0;
      for (let column = 0; column < 4; column++) {
        blocks[at + row * 4 + column]! -= factor * blocks[at + pivot * 4 + column]!;
      }
    }
  }
}

function solveBlocks(blocks: Float64Array, x: Float64Array): Float64Array {
  const result = new Float64Array(x.length);
  for (let line = 0; line < x.length; line += 4) {
    const block = Math.floor(line / CELL_COEFFICIENTS) * 16;
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let column = 0; column < 4; column++) sum += blocks[block + row * 4 + column]! * x[line + column]!;
      result[line + row] = sum;
    }
  }
  return result;
}
