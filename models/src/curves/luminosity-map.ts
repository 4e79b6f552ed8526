import { lumaAt } from '../luma.ts';
import type { ProxyImage } from '../proxy.ts';
import type { LuminosityMask } from './curves-fit.ts';

/** Mask cells per side: broad enough that the mask follows areas, not edges, and shows no halos. */
const MASK_SIZE = 32;
/** Steps of the function from local luma to mask value. */
const KNOTS = 9;
/** How strongly the mask is held at 1 against what the pixels want: keeps the mask even where the curves hardly change anything. */
const RIDGE_SHARE = 0.05;

/** Where a picture is bright: luma averaged over broad cells, and the same at every pixel of the proxy. */
export interface LocalLuma {
  /** `[32][32]`, 0..1. */
  readonly cells: Float32Array;
  /** `[height][width]`, 0..1, bilinear between the cells. */
  readonly pixels: Float32Array;
}

/** Rec. 709 luma of the encoded values, averaged over cells and smoothed once over their neighbours. */
export function localLuma({ width, height, pixels }: ProxyImage): LocalLuma {
  const sums = new Float64Array(MASK_SIZE ** 2);
  const counts = new Float64Array(MASK_SIZE ** 2);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const luma = lumaAt(pixels, i);
      const cell = Math.floor((y * MASK_SIZE) / height) * MASK_SIZE + Math.floor((x * MASK_SIZE) / width);
      sums[cell]! += luma;
      counts[cell]! += 1;
    }
  }
  const cells = smooth(fillGaps(sums, counts));
  return { cells, pixels: stretch(cells, width, height) };
}

/** A proxy smaller than the mask leaves cells without pixels: they take the one before. */
function fillGaps(sums: Float64Array, counts: Float64Array): Float32Array {
  let last = 0.5;
  return Float32Array.from(sums, (sum, cell) => {
    if (counts[cell]! > 0) last = sum / counts[cell]!;
    return last;
  });
}

/** The binomial filter 1 2 1 in both directions, edges repeated. */
function smooth(cells: Float32Array): Float32Array {
  const at = (row: number, column: number): number => {
    const [y, x] = [Math.min(MASK_SIZE - 1, Math.max(0, row)), Math.min(MASK_SIZE - 1, Math.max(0, column))];
    return cells[y * MASK_SIZE + x]!;
  };
  const line = (row: number, x: number): number => at(row, x - 1) + 2 * at(row, x) + at(row, x + 1);
  return cells.map((_, cell) => {
    const [y, x] = [Math.floor(cell / MASK_SIZE), cell % MASK_SIZE];
    return (line(y - 1, x) + 2 * line(y, x) + line(y + 1, x)) / 16;
  });
}

/** Bilinear, with cell centres at the centres of their areas, as the mask is drawn in the document. */
export function stretch(cells: Float32Array, width: number, height: number): Float32Array {
  const stretched = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom, down] = neighbours(y, height);
    for (let x = 0; x < width; x++, i++) {
      const [left, right, across] = neighbours(x, width);
      const upper = cells[top * MASK_SIZE + left]! * (1 - across) + cells[top * MASK_SIZE + right]! * across;
      const lower = cells[bottom * MASK_SIZE + left]! * (1 - across) + cells[bottom * MASK_SIZE + right]! * across;
      stretched[i] = upper * (1 - down) + lower * down;
    }
  }
  return stretched;
}

function neighbours(index: number, length: number): [low: number, high: number, fraction: number] {
  const position = Math.min(MASK_SIZE - 1, Math.max(0, ((index + 0.5) / length) * MASK_SIZE - 0.5));
  const low = Math.floor(position);
  return [low, Math.min(MASK_SIZE - 1, low + 1), position - low];
}

/** A function of local luma, as values at equidistant knots. */
export type LumaFunction = Float64Array;

/**
 * The mask, as a function of local luma, with which `change` comes nearest to `wanted` in the least-squares sense; both are
 * `[pixel][channels]` differences from the original.
 */
export function fitLumaFunction(luma: Float32Array, change: Float32Array, wanted: Float32Array): LumaFunction {
  const channels = change.length / luma.length;
  const products = new Float64Array(KNOTS);
  const squares = new Float64Array(KNOTS);
  for (let pixel = 0; pixel < luma.length; pixel++) {
    let [product, square] = [0, 0];
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      product += change[i]! * wanted[i]!;
      square += change[i]! ** 2;
    }
    const [low, high, fraction] = knotsOf(luma[pixel]!);
    products[low]! += (1 - fraction) * product;
    squares[low]! += (1 - fraction) * square;
    products[high]! += fraction * product;
    squares[high]! += fraction * square;
  }
  const ridge = (RIDGE_SHARE * squares.reduce((sum, square) => sum + square, 0)) / KNOTS + 1e-12;
  return products.map((product, knot) => Math.min(2, Math.max(0, (product + ridge) / (squares[knot]! + ridge))));
}

/** The mask of a function: 0..1. */
export function maskOf(lumaFunction: LumaFunction, { cells }: LocalLuma): LuminosityMask {
  const values = cells.map((luma) => Math.min(1, valueAt(lumaFunction, luma)));
  return { width: MASK_SIZE, height: MASK_SIZE, values };
}

function valueAt(lumaFunction: LumaFunction, luma: number): number {
  const [low, high, fraction] = knotsOf(luma);
  return lumaFunction[low]! * (1 - fraction) + lumaFunction[high]! * fraction;
}

function knotsOf(luma: number): [low: number, high: number, fraction: number] {
  const position = Math.min(1, Math.max(0, luma)) * (KNOTS - 1);
  const low = Math.min(KNOTS - 2, Math.floor(position));
  return [low, low + 1, position - low];
}
