import { rowKernel } from './apply/row-kernel.ts';
import { coverage, createTypeScriptColumnSums, type ColumnSums } from './column-sums.ts';
import { colorChannels, type ImageDescription, type PixelArray, type Size } from './image.ts';
import type { Steps } from './steps.ts';
import { createWebAssemblyColumnSums } from './webassembly-column-sums.ts';

/** Sums of encoded values over the areas that proxy pixels cover, weighted by alpha. */
export interface AreaSums {
  /** Adds row `y` of the image, whose samples begin at `start`. Rows come from the top. */
  addRow(samples: PixelArray, start: number, y: number): void;
  /** In pieces, the RGB means divided by `maxCode`. An area without weight gets the mean of the whole picture, or `nothing` if no area has weight. */
  means(maxCode: number, nothing: number): Steps<Float32Array>;
}

/** So many rows of 16 bits fit into sums of 32 bits. */
const MAX_BAND_ROWS = 65536;
/** Means taken in a piece: three milliseconds before the code is compiled. */
const PIECE = 16_384;

/**
 * Accumulators for every proxy pixel: `[height][width][colours + 1]`, the last one the sum of weights. Rows that lie wholly within a
 * row of the proxy are added up before their columns are; those on an edge count for both sides.
 */
export function createAreaSums(
  image: ImageDescription,
  size: Size,
  columnSums: ColumnSums = createColumnSums(image, size),
): AreaSums {
  const { height, channels } = image;
  const slots = colorChannels(channels) + 1;
  const sums = new Float64Array(size.width * size.height * slots);
  const addBand = createBand(image, size, columnSums, sums);
  const band = { target: 0, rows: 0 };
  const closeBand = (): void => {
    if (band.rows > 0) addBand(band.rows, [{ target: band.target, weight: 1 }]);
    band.rows = 0;
  };
  return {
    addRow(samples, start, y) {
      const targets = targetsOf(y, height, size.height);
      const [only] = targets;
      const isWhole = targets.length === 1 && only!.weight === 1;
      if (!isWhole || band.target !== only!.target || band.rows === MAX_BAND_ROWS) closeBand();
      columnSums.add(samples, start);
      if (isWhole) {
        band.target = only!.target;
        band.rows++;
      } else {
        addBand(1, targets);
      }
    },
    means(maxCode, nothing) {
      closeBand();
      return meansOf(sums, colorChannels(channels), maxCode, nothing);
    },
  };
}

function createColumnSums(image: ImageDescription, size: Size): ColumnSums {
  const columns = coverage(image.width, size.width);
  const kernel = rowKernel();
  return (kernel && createWebAssemblyColumnSums(image, columns, kernel)) ?? createTypeScriptColumnSums(image, columns);
}

interface Target {
  readonly target: number;
  readonly weight: number;
}

/** The rows of the proxy that row `y` of the image lies in, and how much of it lies in each. */
function targetsOf(y: number, height: number, targetHeight: number): Target[] {
  const targets: Target[] = [];
  const first = Math.floor((y * targetHeight) / height);
  const last = Math.min(targetHeight - 1, Math.ceil(((y + 1) * targetHeight) / height) - 1);
  for (let target = first; target <= last; target++) {
    const top = Math.max(y, (target * height) / targetHeight);
    const bottom = Math.min(y + 1, ((target + 1) * height) / targetHeight);
    if (bottom > top) targets.push({ target, weight: bottom - top });
  }
  return targets;
}

/** Adds the rows collected in `columnSums` to rows of the proxy. */
function createBand(
  { width, channels }: ImageDescription,
  size: Size,
  columnSums: ColumnSums,
  sums: Float64Array,
): (rows: number, targets: readonly Target[]) => void {
  const colors = colorChannels(channels);
  const slots = colors + 1;
  const taken = new Float64Array(size.width * channels);
  const hasAlpha = channels > colors;
  const columnWidth = width / size.width;
  return (rows, targets) => {
    columnSums.take(taken);
    for (const { target, weight } of targets) {
      let at = target * size.width * slots;
      if (channels === 3) {
        addColors(taken, sums, { at, weight, area: weight * rows * columnWidth });
        continue;
      }
      for (let i = 0; i < taken.length; i += channels, at += slots) {
        for (let c = 0; c < channels; c++) sums[at + c]! += weight * taken[i + c]!;
        if (!hasAlpha) sums[at + colors]! += weight * rows * columnWidth;
      }
    }
  };
}

/** The most frequent case has a loop of its own, which takes a third of the time of the loop over channels. */
function addColors(
  taken: Float64Array,
  sums: Float64Array,
  { at, weight, area }: { at: number; weight: number; area: number },
): void {
  for (let i = 0, slot = at; i < taken.length; i += 3, slot += 4) {
    sums[slot]! += weight * taken[i]!;
    sums[slot + 1]! += weight * taken[i + 1]!;
    sums[slot + 2]! += weight * taken[i + 2]!;
    sums[slot + 3]! += area;
  }
}

function* meansOf(sums: Float64Array, colors: 1 | 3, maxCode: number, nothing: number): Steps<Float32Array> {
  const slots = colors + 1;
  const pixels = new Float32Array((sums.length / slots) * 3);
  let whole: Float64Array | undefined;
  for (let at = 0, target = 0; at < sums.length; at += slots, target += 3) {
    if (target % (3 * PIECE) === 0) yield;
    const isEmpty = !(sums[at + colors]! > 0);
    if (isEmpty) whole ??= totalOf(sums, slots);
    const from = isEmpty ? whole! : sums;
    const offset = isEmpty ? 0 : at;
    const weight = from[offset + colors]! * maxCode;
    const [green, blue] = colors === 1 ? [offset, offset] : [offset + 1, offset + 2];
    pixels[target] = weight > 0 ? from[offset]! / weight : nothing;
    pixels[target + 1] = weight > 0 ? from[green]! / weight : nothing;
    pixels[target + 2] = weight > 0 ? from[blue]! / weight : nothing;
  }
  return pixels;
}

function totalOf(sums: Float64Array, slots: number): Float64Array {
  const total = new Float64Array(slots);
  for (let at = 0; at < sums.length; at += slots) {
    for (let slot = 0; slot < slots; slot++) total[slot]! += sums[at + slot]!;
  }
  return total;
}
