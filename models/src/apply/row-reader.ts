import type { ColorSpace, TransferFunction } from '../color/color-space.ts';
import { isSrgbEncoded, toSrgbMatrix } from '../color/srgb-conversion.ts';
import { MAX_CODE, SAMPLE_BYTES, type ImageDescription, type PixelArray } from '../image.ts';
import { encodeLine } from './srgb-line.ts';

/** Reads the row that begins at sample `start` into `line`: `[width][3]`, sRGB-encoded, extended. */
export type RowReader = (samples: PixelArray, start: number, line: Float32Array) => void;

/** Chooses the shortest way from a document's samples to sRGB-encoded values. */
export function createRowReader({ channels, format, colorSpace }: ImageDescription): RowReader {
  const spread = channels < 3 ? spreadGray : spreadRgb;
  if (isSrgbEncoded(colorSpace)) {
    const layout = { channels, scale: 1 / MAX_CODE[format] };
    return (samples, start, line) => spread(samples, start, line, layout);
  }
  const matrix = channels < 3 ? undefined : toSrgbMatrix(colorSpace);
  if (format === 'float32') {
    const decodes = !colorSpace.transfer.isLinear || colorSpace.channelTransfers !== undefined;
    const transfers = transfersOf(colorSpace);
    const layout = { channels, scale: 1 };
    return (samples, start, line) => {
      spread(samples, start, line, layout);
      if (decodes) decodeExactly(line, transfers);
      encodeLine(line, matrix);
    };
  }
  const shared = colorSpace.channelTransfers === undefined ? codeTable(colorSpace.transfer, format) : undefined;
  const tables = transfersOf(colorSpace).map((transfer) => shared ?? codeTable(transfer, format));
  const lookUp = channels < 3 ? lookUpGray : lookUpRgb;
  const layout = { channels, tables };
  return (samples, start, line) => {
    lookUp(samples, start, line, layout);
    encodeLine(line, matrix);
  };
}

/** The curves of red, green and blue. */
export function transfersOf({ transfer, channelTransfers }: ColorSpace): readonly TransferFunction[] {
  return channelTransfers ?? [transfer, transfer, transfer];
}

/** Linear light of every code there can be, also of those above 32768 that a 15-bit image should not have. */
function codeTable(transfer: TransferFunction, format: Exclude<ImageDescription['format'], 'float32'>): Float32Array {
  const maxCode = MAX_CODE[format];
  return Float32Array.from({ length: 1 << (8 * SAMPLE_BYTES[format]) }, (_, code) => transfer.decode(code / maxCode));
}

interface Spread {
  readonly channels: number;
  readonly scale: number;
}

function spreadRgb(samples: PixelArray, start: number, line: Float32Array, { channels, scale }: Spread): void {
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    line[i] = samples[p]! * scale;
    line[i + 1] = samples[p + 1]! * scale;
    line[i + 2] = samples[p + 2]! * scale;
  }
}

function spreadGray(samples: PixelArray, start: number, line: Float32Array, { channels, scale }: Spread): void {
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    const value = samples[p]! * scale;
    line[i] = value;
    line[i + 1] = value;
    line[i + 2] = value;
  }
}

interface LookUp {
  readonly channels: number;
  readonly tables: readonly Float32Array[];
}

function lookUpRgb(samples: PixelArray, start: number, line: Float32Array, { channels, tables }: LookUp): void {
  const [red, green, blue] = [tables[0]!, tables[1]!, tables[2]!];
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    line[i] = red[samples[p]!]!;
    line[i + 1] = green[samples[p + 1]!]!;
    line[i + 2] = blue[samples[p + 2]!]!;
  }
}

function lookUpGray(samples: PixelArray, start: number, line: Float32Array, { channels, tables }: LookUp): void {
  const gray = tables[0]!;
  for (let i = 0, p = start; i < line.length; i += 3, p += channels) {
    const value = gray[samples[p]!]!;
    line[i] = value;
    line[i + 1] = value;
    line[i + 2] = value;
  }
}

/** Floats have no codes to tabulate: the curve itself. */
function decodeExactly(line: Float32Array, transfers: readonly TransferFunction[]): void {
  for (let c = 0; c < 3; c++) {
    const transfer = transfers[c]!;
    for (let i = c; i < line.length; i += 3) line[i] = transfer.decode(line[i]!);
  }
}
