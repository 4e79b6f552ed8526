import type { StoredPhoto } from '../dataset/picture-store.ts';

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Area means of a rectangle of a photograph, squashed to `size`×`size`: the averaging of a proxy (see `buildProxy` of
 * `@evenlight/models`) for crops. It is separable and works on rows once, because making pairs must stay a small share of a
 * training step.
 *
 * @returns encoded RGB 0..1, `[size][size][3]`
 */
export function areaResample(photo: StoredPhoto, rectangle: Rectangle, size: number): Float32Array {
  const { left, top, width, height } = rectangle;
  const columns = coverage(width, size);
  const narrow = new Float32Array(height * size * 3);
  for (let y = 0; y < height; y++) {
    averageColumns(photo.pixels, ((top + y) * photo.width + left) * 3, columns, narrow.subarray(y * size * 3));
  }
  return averageRows(narrow, coverage(height, size), size);
}

function averageColumns(
  pixels: Uint8Array,
  start: number,
  { taps, first, weights }: CellCoverage,
  out: Float32Array,
): void {
  for (let x = 0; x < first.length; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let at = start + first[x]! * 3;
    for (let tap = x * taps; tap < (x + 1) * taps; tap++) {
      const weight = weights[tap]!;
      if (weight === 0) break;
      red += pixels[at]! * weight;
      green += pixels[at + 1]! * weight;
      blue += pixels[at + 2]! * weight;
      at += 3;
    }
    out[x * 3] = red;
    out[x * 3 + 1] = green;
    out[x * 3 + 2] = blue;
  }
}

function averageRows(narrow: Float32Array, { taps, first, weights }: CellCoverage, size: number): Float32Array {
  const out = new Float32Array(size * size * 3);
  const row = size * 3;
  for (let y = 0; y < size; y++) {
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[y * taps + tap]! / 255;
      if (weight === 0) break;
      const source = (first[y]! + tap) * row;
      for (let x = 0; x < row; x++) out[y * row + x] = out[y * row + x]! + narrow[source + x]! * weight;
    }
  }
  return out;
}

/** Which source cells each target cell covers: `taps` weights a cell from `first` on, zero behind the last. */
interface CellCoverage {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

function coverage(from: number, to: number): CellCoverage {
  const scale = from / to;
  const taps = Math.ceil(scale) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let index = 0; index < to; index++) {
    const begin = index * scale;
    const end = begin + scale;
    first[index] = Math.floor(begin);
    for (let tap = 0; tap < taps; tap++) {
      const cell = first[index]! + tap;
      weights[index * taps + tap] = Math.max(0, Math.min(end, cell + 1, from) - Math.max(begin, cell)) / scale;
    }
  }
  return { taps, first, weights };
}
