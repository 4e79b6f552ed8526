import type { ImageDescription, PixelArray } from './image.ts';

/** Which source pixels a proxy pixel covers along one axis: `first` and `last` in part, those between whole. */
export interface Coverage {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly firstWeight: Float64Array;
  readonly lastWeight: Float64Array;
}

/**
 * Adds up rows of an image, and then the columns of the sum. In an image with alpha the colours count by their alpha, which is
 * added up as it is.
 */
export interface ColumnSums {
  /** Adds the row that begins at sample `start`. At most 65536 rows before they are taken. */
  add(samples: PixelArray, start: number): void;
  /** Gives the sums by area, `[areas][channels]`, and begins anew. */
  take(target: Float64Array): void;
}

export function coverage(sourceLength: number, targetLength: number): Coverage {
  const first = new Int32Array(targetLength);
  const last = new Int32Array(targetLength);
  const firstWeight = new Float64Array(targetLength);
  const lastWeight = new Float64Array(targetLength);
  for (let i = 0; i < targetLength; i++) {
    const start = (i * sourceLength) / targetLength;
    const end = ((i + 1) * sourceLength) / targetLength;
    first[i] = Math.min(sourceLength - 1, Math.floor(start));
    last[i] = Math.min(sourceLength - 1, Math.max(first[i]!, Math.ceil(end) - 1));
    firstWeight[i] = Math.min(end, first[i]! + 1) - start;
    lastWeight[i] = last[i]! > first[i]! ? end - last[i]! : 0;
  }
  return { first, last, firstWeight, lastWeight };
}

/** In TypeScript: the reference, and what runs where WebAssembly does not. */
export function createTypeScriptColumnSums({ width, channels }: ImageDescription, columns: Coverage): ColumnSums {
  const sums = new Float64Array(width * channels);
  return {
    add(samples, start) {
      if (channels === 4) addRgba(samples, start, sums);
      else if (channels === 2) addGrayAlpha(samples, start, sums);
      else for (let i = 0; i < sums.length; i++) sums[i]! += samples[start + i]!;
    },
    take(target) {
      for (let c = 0; c < channels; c++) addColumns(sums, c, channels, { columns, target });
      sums.fill(0);
    },
  };
}

function addRgba(samples: PixelArray, start: number, sums: Float64Array): void {
  for (let i = 0, p = start; i < sums.length; i += 4, p += 4) {
    const alpha = samples[p + 3]!;
    sums[i]! += alpha * samples[p]!;
    sums[i + 1]! += alpha * samples[p + 1]!;
    sums[i + 2]! += alpha * samples[p + 2]!;
    sums[i + 3]! += alpha;
  }
}

function addGrayAlpha(samples: PixelArray, start: number, sums: Float64Array): void {
  for (let i = 0, p = start; i < sums.length; i += 2, p += 2) {
    const alpha = samples[p + 1]!;
    sums[i]! += alpha * samples[p]!;
    sums[i + 1]! += alpha;
  }
}

function addColumns(
  sums: Float64Array,
  channel: number,
  channels: number,
  { columns, target }: { columns: Coverage; target: Float64Array },
): void {
  for (let i = 0; i < columns.first.length; i++) {
    const first = columns.first[i]! * channels + channel;
    const last = columns.last[i]! * channels + channel;
    // The whole columns by themselves: sums of integers are exact, so that any order of them gives the same bits.
    let whole = 0;
    for (let p = first + channels; p < last; p += channels) whole += sums[p]!;
    const ends = columns.firstWeight[i]! * sums[first]! + columns.lastWeight[i]! * sums[last]!;
    target[i * channels + channel] = ends + whole;
  }
}
