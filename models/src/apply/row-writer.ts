import type { TransferFunction } from '../color/color-space.ts';
import { invertMatrix3 } from '../color/matrix3.ts';
import { isSrgbEncoded, toSrgbMatrix } from '../color/srgb-conversion.ts';
import { MAX_CODE, type ImageDescription, type PixelArray } from '../image.ts';
import { transfersOf } from './row-reader.ts';
import { decodeLine } from './srgb-line.ts';

/**
 * Writes `line` (sRGB-encoded; left in pieces) as the colour samples of the row that begins at sample `start`.
 * Alpha is not touched.
 */
export type RowWriter = (line: Float32Array, samples: PixelArray, start: number) => void;

/** Rec. ITU-R BT.709-6 item 3.2: luma of encoded red, green, blue. */
const LUMA = [0.2126, 0.7152, 0.0722] as const;

/** Chooses the shortest way from sRGB-encoded values to a document's samples. */
export function createRowWriter({ channels, format, colorSpace }: ImageDescription): RowWriter {
  const isGray = channels < 3;
  const colors = isGray ? 1 : 3;
  const maxCode = MAX_CODE[format];
  const store = format === 'float32' ? storeFloats : storeCodes;
  if (isSrgbEncoded(colorSpace)) {
    return (line, samples, start) => {
      if (isGray) grayLine(line);
      store(line, samples, start, { channels, colors, maxCode });
    };
  }
  const toSrgb = isGray ? undefined : toSrgbMatrix(colorSpace);
  const matrix = toSrgb === undefined ? undefined : invertMatrix3(toSrgb);
  const createEncoder = format === 'float32' ? exactEncoder : tableEncoder;
  const shared = colorSpace.channelTransfers === undefined ? createEncoder(colorSpace.transfer) : undefined;
  const encoders = transfersOf(colorSpace).map((transfer) => shared ?? createEncoder(transfer));
  return (line, samples, start) => {
    if (isGray) grayLine(line);
    decodeLine(line, matrix);
    for (let c = 0; c < colors; c++) encoders[c]!(line, c);
    store(line, samples, start, { channels, colors, maxCode });
  };
}

/** Puts the luma of the encoded colours in the place of red. */
function grayLine(line: Float32Array): void {
  for (let i = 0; i < line.length; i += 3) {
    line[i] = LUMA[0] * line[i]! + LUMA[1] * line[i + 1]! + LUMA[2] * line[i + 2]!;
  }
}

/** Encodes channel `c` of a line in place. */
type LineEncoder = (line: Float32Array, c: number) => void;

function exactEncoder(transfer: TransferFunction): LineEncoder {
  if (transfer.isLinear) return () => undefined;
  return (line, c) => {
    for (let i = c; i < line.length; i += 3) line[i] = transfer.encode(line[i]!);
  };
}

/*
 * Integers need 0..1 alone. Tabulated over the square root of linear light (see srgb-line.ts); pure gammas are steep at black
 * all the same, so the first steps (linear below 1e-6, half an 8-bit code) are computed. Error: below 0.25 of a 16-bit code for
 * gammas to 2.4, 0.1 for 2.2.
 */
const ENCODE_STEPS = 4096;
const EXACT_STEPS = 4;

function tableEncoder(transfer: TransferFunction): LineEncoder {
  if (transfer.isLinear) return () => undefined;
  const table = Float32Array.from({ length: ENCODE_STEPS + 2 }, (_, i) =>
    transfer.encode(Math.min(1, (i / ENCODE_STEPS) ** 2)),
  );
  return (line, c) => {
    for (let i = c; i < line.length; i += 3) {
      const linear = line[i]!;
      const position = linear > 0 ? (linear < 1 ? Math.sqrt(linear) * ENCODE_STEPS : ENCODE_STEPS) : 0;
      if (position < EXACT_STEPS) {
        line[i] = position > 0 ? transfer.encode(linear) : 0;
        continue;
      }
      const index = position | 0;
      const below = table[index]!;
      line[i] = below + (position - index) * (table[index + 1]! - below);
    }
  };
}

interface Layout {
  readonly channels: number;
  readonly colors: number;
  readonly maxCode: number;
}

/** Rounds to the nearest code; what lies outside goes to the ends, what is no number to 0. */
function storeCodes(
  line: Float32Array,
  samples: PixelArray,
  start: number,
  { channels, colors, maxCode }: Layout,
): void {
  for (let c = 0; c < colors; c++) {
    for (let i = c, p = start + c; i < line.length; i += 3, p += channels) {
      const code = line[i]! * maxCode + 0.5;
      samples[p] = code > 0 ? (code < maxCode ? code | 0 : maxCode) : 0;
    }
  }
}

function storeFloats(line: Float32Array, samples: PixelArray, start: number, { channels, colors }: Layout): void {
  for (let c = 0; c < colors; c++) {
    for (let i = c, p = start + c; i < line.length; i += 3, p += channels) samples[p] = line[i]!;
  }
}
