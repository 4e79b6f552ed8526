import { colorChannels, type ImageDescription, type PixelArray, type Size } from './image.ts';

/** Sums of encoded values over the areas that proxy pixels cover, weighted by alpha. */
export interface AreaSums {
  /** Adds row `y` of the image, whose samples begin at `start`. */
  addRow(samples: PixelArray, start: number, y: number): void;
  /** RGB means divided by `maxCode`; areas without weight take the mean of all, or `nothing` where nothing has weight. */
  means(maxCode: number, nothing: number): Float32Array;
}

/** Which source pixels a proxy pixel covers along one axis: `first` and `last` in part, those between whole. */
interface Coverage {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly firstWeight: Float64Array;
  readonly lastWeight: Float64Array;
}

function coverage(sourceLength: number, targetLength: number): Coverage {
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

/** Accumulators for every proxy pixel: `[height][width][colours + 1]`, the last one the sum of weights. */
export function createAreaSums({ width, height, channels }: ImageDescription, size: Size): AreaSums {
  const colors = colorChannels(channels);
  const slots = colors + 1;
  const columns = coverage(width, size.width);
  const rowSums = new Float64Array(size.width * slots);
  const sums = new Float64Array(size.width * size.height * slots);
  const sumColumns = channels === 3 ? sumRgb : channels === 1 ? sumGray : sumWithAlpha;
  return {
    addRow(samples, start, y) {
      rowSums.fill(0);
      sumColumns(samples, start, columns, rowSums);
      const firstTarget = Math.floor((y * size.height) / height);
      const lastTarget = Math.min(size.height - 1, Math.ceil(((y + 1) * size.height) / height) - 1);
      for (let target = firstTarget; target <= lastTarget; target++) {
        const top = Math.max(y, (target * height) / size.height);
        const bottom = Math.min(y + 1, ((target + 1) * height) / size.height);
        const weight = bottom - top;
        if (!(weight > 0)) continue;
        const offset = target * rowSums.length;
        for (let i = 0; i < rowSums.length; i++) sums[offset + i]! += weight * rowSums[i]!;
      }
    },
    means: (maxCode, nothing) => meansOf(sums, colors, maxCode, nothing),
  };

  function sumWithAlpha(samples: PixelArray, start: number, columns: Coverage, target: Float64Array): void {
    if (channels === 4) sumRgba(samples, start, columns, target);
    else sumGrayAlpha(samples, start, columns, target);
  }
}

function meansOf(sums: Float64Array, colors: 1 | 3, maxCode: number, nothing: number): Float32Array {
  const slots = colors + 1;
  const pixels = new Float32Array((sums.length / slots) * 3);
  let whole: Float64Array | undefined;
  for (let at = 0, target = 0; at < sums.length; at += slots, target += 3) {
    const isEmpty = !(sums[at + colors]! > 0);
    if (isEmpty) whole ??= totalOf(sums, slots);
    const from = isEmpty ? whole! : sums;
    const offset = isEmpty ? 0 : at;
    const weight = from[offset + colors]! * maxCode;
    const last = colors - 1;
    for (let c = 0; c < 3; c++) pixels[target + c] = weight > 0 ? from[offset + Math.min(c, last)]! / weight : nothing;
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

function sumRgb(samples: PixelArray, start: number, columns: Coverage, target: Float64Array): void {
  for (let i = 0; i < columns.first.length; i++) {
    const first = start + columns.first[i]! * 3;
    const last = start + columns.last[i]! * 3;
    const firstWeight = columns.firstWeight[i]!;
    const lastWeight = columns.lastWeight[i]!;
    let red = firstWeight * samples[first]! + lastWeight * samples[last]!;
    let green = firstWeight * samples[first + 1]! + lastWeight * samples[last + 1]!;
    let blue = firstWeight * samples[first + 2]! + lastWeight * samples[last + 2]!;
    for (let p = first + 3; p < last; p += 3) {
      red += samples[p]!;
      green += samples[p + 1]!;
      blue += samples[p + 2]!;
    }
    target[i * 4] = red;
    target[i * 4 + 1] = green;
    target[i * 4 + 2] = blue;
    target[i * 4 + 3] = firstWeight + lastWeight + Math.max(0, columns.last[i]! - columns.first[i]! - 1);
  }
}

function sumGray(samples: PixelArray, start: number, columns: Coverage, target: Float64Array): void {
  for (let i = 0; i < columns.first.length; i++) {
    const first = start + columns.first[i]!;
    const last = start + columns.last[i]!;
    let gray = columns.firstWeight[i]! * samples[first]! + columns.lastWeight[i]! * samples[last]!;
    for (let p = first + 1; p < last; p++) gray += samples[p]!;
    target[i * 2] = gray;
    target[i * 2 + 1] = columns.firstWeight[i]! + columns.lastWeight[i]! + Math.max(0, last - first - 1);
  }
}

function sumRgba(samples: PixelArray, start: number, columns: Coverage, target: Float64Array): void {
  for (let i = 0; i < columns.first.length; i++) {
    const [first, last] = [columns.first[i]!, columns.last[i]!];
    for (let x = first; x <= last; x++) {
      const p = start + x * 4;
      const covered = x === first ? columns.firstWeight[i]! : x === last ? columns.lastWeight[i]! : 1;
      const weight = covered * samples[p + 3]!;
      target[i * 4]! += weight * samples[p]!;
      target[i * 4 + 1]! += weight * samples[p + 1]!;
      target[i * 4 + 2]! += weight * samples[p + 2]!;
      target[i * 4 + 3]! += weight;
    }
  }
}

function sumGrayAlpha(samples: PixelArray, start: number, columns: Coverage, target: Float64Array): void {
  for (let i = 0; i < columns.first.length; i++) {
    const [first, last] = [columns.first[i]!, columns.last[i]!];
    for (let x = first; x <= last; x++) {
      const p = start + x * 2;
      const covered = x === first ? columns.firstWeight[i]! : x === last ? columns.lastWeight[i]! : 1;
      const weight = covered * samples[p + 1]!;
      target[i * 2]! += weight * samples[p]!;
      target[i * 2 + 1]! += weight;
    }
  }
}
