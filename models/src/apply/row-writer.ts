import { LUMA_WEIGHTS } from '../luma.ts';
import type { TransferFunction } from '../color/color-space.ts';
import { invertMatrix3 } from '../color/matrix3.ts';
import { isSrgbEncoded, toSrgbMatrix } from '../color/srgb-conversion.ts';
import { MAX_CODE, type ImageDescription, type PixelArray } from '../image.ts';
import { areLinear, curvesOf, mapEveryThird, perCurve, type PerChannel } from './row-reader.ts';
import { decodeLine } from './srgb-line.ts';

/**
 * Writes `line` (sRGB-encoded; its values are lost) as the colour samples of the row that begins at sample `start`.
 * Alpha is not touched.
 */
export type RowWriter = (line: Float32Array, samples: PixelArray, start: number) => void;

/** How sRGB-encoded values become a document's, as both kernels compute it. */
export type Writing =
  /** The document is sRGB-encoded, too. */
  | { readonly kind: 'encoded' }
  /** Linear light, through the matrix where there is one, and through the curves where they are not linear. */
  | {
      readonly kind: 'tabulated';
      readonly tables: PerChannel<EncodeTables> | undefined;
      readonly matrix: Float32Array | undefined;
    }
  /** The same for floats: the curves themselves. */
  | {
      readonly kind: 'computed';
      readonly curves: PerChannel<TransferFunction> | undefined;
      readonly matrix: Float32Array | undefined;
    };

/*
 * Integers only need 0..1. Tabulated over the square root of linear light (see srgb-line.ts). Pure gammas are steep at black all
 * the same, so what is darker than the fourth step (1e-6, half an 8-bit code) has a table of its own: 32 steps from each power of
 * two to the next, down to the smallest float. The first bits of a float are its place in that table. Error: below 0.25 of a
 * 16-bit code for gammas to 2.4, 0.1 for 2.2.
 */
export interface EncodeTables {
  readonly main: Float32Array;
  readonly dark: Float32Array;
}

const f = Math.fround;

/** Rec. ITU-R BT.709-6 item 3.2: luma of encoded red, green, blue. */
const LUMA = [f(LUMA_WEIGHTS[0]), f(LUMA_WEIGHTS[1]), f(LUMA_WEIGHTS[2])] as const;

const STEPS = 4096;
const DARK_STEPS = 4;
/** The low bits of a float that lie within one step of the dark table. */
const DARK_SHIFT = 18;
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
const DARK_LENGTH = (bitsOf((DARK_STEPS / STEPS) ** 2) >>> DARK_SHIFT) + 1;
/** From here on a 32-bit float has no fraction: adding it rounds to the nearest whole number. */
const ROUNDING = 2 ** 23;

/** Chooses the shortest way from sRGB-encoded values to a document's samples. */
export function planWriting({ channels, format, colorSpace }: ImageDescription): Writing {
  if (isSrgbEncoded(colorSpace)) return { kind: 'encoded' };
  const toSrgb = channels < 3 ? undefined : toSrgbMatrix(colorSpace);
  const matrix = toSrgb === undefined ? undefined : Float32Array.from(invertMatrix3(toSrgb));
  const all = curvesOf(colorSpace);
  const curves = areLinear(all) ? undefined : all;
  if (format === 'float32') return { kind: 'computed', curves, matrix };
  return { kind: 'tabulated', tables: curves && perCurve(curves, encodeTables), matrix };
}

/** Writes as planned. */
export function createRowWriter(description: ImageDescription, writing = planWriting(description)): RowWriter {
  const { channels, format } = description;
  const isGray = channels < 3;
  const layout = { channels, colors: isGray ? 1 : 3, maxCode: MAX_CODE[format] };
  const store = format === 'float32' ? storeFloats : storeCodes;
  return (line, samples, start) => {
    if (isGray) grayLine(line);
    if (writing.kind !== 'encoded') {
      decodeLine(line, writing.matrix);
      for (let c = 0; c < layout.colors; c++) encodeChannel(line, c, writing);
    }
    store(line, samples, start, layout);
  };
}

/** Puts the luma of the encoded colours in the place of red. */
function grayLine(line: Float32Array): void {
  for (let i = 0; i < line.length; i += 3) {
    line[i] = f(f(f(LUMA[0] * line[i]!) + f(LUMA[1] * line[i + 1]!)) + f(LUMA[2] * line[i + 2]!));
  }
}

function encodeChannel(line: Float32Array, c: number, writing: Exclude<Writing, { kind: 'encoded' }>): void {
  if (writing.kind === 'tabulated') {
    if (writing.tables !== undefined) lookUp(line, c, writing.tables[c]!);
  } else if (writing.curves !== undefined) {
    const curve = writing.curves[c]!;
    mapEveryThird(line, c, (value) => curve.encode(value));
  }
}

function encodeTables(transfer: TransferFunction): EncodeTables {
  return {
    main: Float32Array.from({ length: STEPS + 2 }, (_, i) => transfer.encode(Math.min(1, (i / STEPS) ** 2))),
    dark: Float32Array.from({ length: DARK_LENGTH }, (_, i) => transfer.encode(floatOf(i << DARK_SHIFT))),
  };
}

function lookUp(line: Float32Array, c: number, { main, dark }: EncodeTables): void {
  for (let i = c; i < line.length; i += 3) {
    const linear = line[i]!;
    const light = linear > 0 ? (linear < 1 ? linear : 1) : 0;
    const position = f(f(Math.sqrt(light)) * STEPS);
    if (position < DARK_STEPS && light > 0) {
      line[i] = lookUpDark(light, dark);
      continue;
    }
    const index = position | 0;
    const below = main[index]!;
    line[i] = f(below + f(f(position - index) * f(main[index + 1]! - below)));
  }
}

function lookUpDark(light: number, dark: Float32Array): number {
  const pattern = bitsOf(light);
  const index = pattern >>> DARK_SHIFT;
  const share = (pattern & ((1 << DARK_SHIFT) - 1)) / (1 << DARK_SHIFT);
  const below = dark[index]!;
  return f(below + f(share * f(dark[index + 1]! - below)));
}

function bitsOf(value: number): number {
  float[0] = value;
  return bits[0]!;
}

function floatOf(pattern: number): number {
  bits[0] = pattern;
  return float[0]!;
}

interface SampleLayout {
  readonly channels: number;
  readonly colors: number;
  readonly maxCode: number;
}

/** Rounds to the nearest code, halves to the even one. Values outside the range become its ends, NaN becomes 0. */
function storeCodes(
  line: Float32Array,
  samples: PixelArray,
  start: number,
  { channels, colors, maxCode }: SampleLayout,
): void {
  for (let c = 0; c < colors; c++) {
    for (let i = c, p = start + c; i < line.length; i += 3, p += channels) {
      const value = line[i]!;
      const clamped = value > 0 ? (value < 1 ? value : 1) : 0;
      samples[p] = f(f(clamped * maxCode) + ROUNDING) - ROUNDING;
    }
  }
}

function storeFloats(line: Float32Array, samples: PixelArray, start: number, { channels, colors }: SampleLayout): void {
  for (let c = 0; c < colors; c++) {
    for (let i = c, p = start + c; i < line.length; i += 3, p += channels) samples[p] = line[i]!;
  }
}
