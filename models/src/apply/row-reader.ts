import type { ColorSpace, TransferFunction } from '../color/color-space.ts';
import { isSrgbEncoded, toSrgbMatrix } from '../color/srgb-conversion.ts';
import { MAX_CODE, SAMPLE_BYTES, type ImageDescription, type PixelArray } from '../image.ts';
import { encodeLine } from './srgb-line.ts';

/** Reads the row that begins at sample `start` into `line`: `[width][3]`, sRGB-encoded, extended. */
export type RowReader = (samples: PixelArray, start: number, line: Float32Array) => void;

/** A value for each of red, green and blue. */
export type PerChannel<T> = readonly [T, T, T];

/** How samples become sRGB-encoded values, as both kernels compute it. */
export type SampleReading =
  /** They are sRGB-encoded already: `sample · scale`. */
  | { readonly kind: 'scaled'; readonly scale: number }
  /** Integers: linear light by code, then the matrix where there is one, then the sRGB curve. */
  | { readonly kind: 'tabulated'; readonly tables: PerChannel<Float32Array>; readonly matrix: Float32Array | undefined }
  /** Floats have no codes to tabulate: the curves themselves where they are not linear, then as above. */
  | {
      readonly kind: 'computed';
      readonly curves: PerChannel<TransferFunction> | undefined;
      readonly matrix: Float32Array | undefined;
    };

const f = Math.fround;

/** Chooses the shortest way from a document's samples to sRGB-encoded values. */
export function planReading({ channels, format, colorSpace }: ImageDescription): SampleReading {
  if (isSrgbEncoded(colorSpace)) return { kind: 'scaled', scale: f(1 / MAX_CODE[format]) };
  const toSrgb = channels < 3 ? undefined : toSrgbMatrix(colorSpace);
  const matrix = toSrgb === undefined ? undefined : Float32Array.from(toSrgb);
  const [red, green, blue] = curvesOf(colorSpace);
  const curves: PerChannel<TransferFunction> = channels < 3 ? [red, red, red] : [red, green, blue];
  if (format === 'float32') return { kind: 'computed', curves: areLinear(curves) ? undefined : curves, matrix };
  return { kind: 'tabulated', tables: perCurve(curves, (curve) => codeTable(curve, format)), matrix };
}

/** Reads as planned. */
export function createRowReader(description: ImageDescription, reading = planReading(description)): RowReader {
  const { channels } = description;
  const spread = channels < 3 ? spreadGray : spreadRgb;
  switch (reading.kind) {
    case 'scaled': {
      const layout = { channels, scale: reading.scale };
      return (samples, start, line) => spread(samples, start, line, layout);
    }
    case 'tabulated': {
      const lookUp = channels < 3 ? lookUpGray : lookUpRgb;
      const layout = { channels, tables: reading.tables };
      return (samples, start, line) => {
        lookUp(samples, start, line, layout);
        encodeLine(line, reading.matrix);
      };
    }
    case 'computed': {
      const layout = { channels, scale: 1 };
      const { curves, matrix } = reading;
      return (samples, start, line) => {
        spread(samples, start, line, layout);
        curves?.forEach((curve, c) => mapEveryThird(line, c, (value) => curve.decode(value)));
        encodeLine(line, matrix);
      };
    }
  }
}

/** The curves of red, green and blue. */
export function curvesOf({ transfer, channelTransfers }: ColorSpace): PerChannel<TransferFunction> {
  return channelTransfers ?? [transfer, transfer, transfer];
}

export function areLinear(curves: PerChannel<TransferFunction>): boolean {
  return curves.every((curve) => curve.isLinear);
}

/** The same object for channels that have the same curve. */
export function perCurve<T>(
  [red, green, blue]: PerChannel<TransferFunction>,
  make: (curve: TransferFunction) => T,
): PerChannel<T> {
  const first = make(red);
  return [first, green === red ? first : make(green), blue === red ? first : make(blue)];
}

/** Linear light of every code there can be, also of those above 32768 that a 15-bit image should not have. */
function codeTable(transfer: TransferFunction, format: Exclude<ImageDescription['format'], 'float32'>): Float32Array {
  const maxCode = MAX_CODE[format];
  return Float32Array.from({ length: 1 << (8 * SAMPLE_BYTES[format]) }, (_, code) => transfer.decode(code / maxCode));
}

/** Replaces every third value from `first` on. */
export function mapEveryThird(line: Float32Array, first: number, change: (value: number) => number): void {
  for (let i = first; i < line.length; i += 3) line[i] = change(line[i]!);
}

interface Spread {
  readonly channels: number;
  readonly scale: number;
}

function spreadRgb(samples: PixelArray, start: number, line: Float32Array, { channels, scale }: Spread): void {
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    line[i] = f(samples[p]! * scale);
    line[i + 1] = f(samples[p + 1]! * scale);
    line[i + 2] = f(samples[p + 2]! * scale);
  }
}

function spreadGray(samples: PixelArray, start: number, line: Float32Array, { channels, scale }: Spread): void {
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    const value = f(samples[p]! * scale);
    line[i] = value;
    line[i + 1] = value;
    line[i + 2] = value;
  }
}

interface LookUpTables {
  readonly channels: number;
  readonly tables: PerChannel<Float32Array>;
}

function lookUpRgb(samples: PixelArray, start: number, line: Float32Array, { channels, tables }: LookUpTables): void {
  const [red, green, blue] = tables;
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    line[i] = red[samples[p]!]!;
    line[i + 1] = green[samples[p + 1]!]!;
    line[i + 2] = blue[samples[p + 2]!]!;
  }
}

function lookUpGray(samples: PixelArray, start: number, line: Float32Array, { channels, tables }: LookUpTables): void {
  const gray = tables[0];
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    const value = gray[samples[p]!]!;
    line[i] = value;
    line[i + 1] = value;
    line[i + 2] = value;
  }
}
