import type { TiffLayout } from './tiff-layout.ts';

/** Samples as numbers: integers of up to 8 and 16 bits as they are stored, wider ones cut to 16, floats as 32-bit ones. */
export type TiffSamples = Uint8Array | Uint16Array | Float32Array;

/** An empty array of the kind that holds a picture's samples. */
export function samplesFor({ bits, isFloat }: Pick<TiffLayout, 'bits' | 'isFloat'>, length: number): TiffSamples {
  if (isFloat) return new Float32Array(length);
  return bits <= 8 ? new Uint8Array(length) : new Uint16Array(length);
}

/** The largest stored value; what stands for 1.0. */
export function maxSample({ bits, isFloat }: Pick<TiffLayout, 'bits' | 'isFloat'>): number {
  return isFloat ? 1 : 2 ** Math.min(bits, 16) - 1;
}

type RowUnpacker = (row: Uint8Array, target: TiffSamples, start: number, count: number) => void;

/**
 * Undoes the predictor and takes the samples out of a strip's or tile's bytes.
 *
 * @param bytes may be changed
 * @param rowSamples samples of a row: width × channels
 * @param channels samples between two of the same channel, which the predictor's differences are between
 */
export function unpackSamples(
  bytes: Uint8Array,
  layout: TiffLayout,
  { rows, rowSamples, channels }: { rows: number; rowSamples: number; channels: number },
): TiffSamples {
  const target = samplesFor(layout, rows * rowSamples);
  const rowLength = Math.ceil((rowSamples * layout.bits) / 8);
  const read = readerFor(layout, channels);
  for (let row = 0; row < rows; row++) {
    read(bytes.subarray(row * rowLength, (row + 1) * rowLength), target, row * rowSamples, rowSamples);
  }
  return target;
}

function readerFor({ bits, isFloat, littleEndian, predictor }: TiffLayout, channels: number): RowUnpacker {
  const isDifference = predictor === 2;
  if (isFloat) return floatReader(bits, littleEndian, predictor === 3 ? channels : undefined);
  if (bits === 8) return byteReader(isDifference ? channels : undefined);
  if (bits === 16) return shortReader(littleEndian, isDifference ? channels : undefined);
  if (bits === 24 || bits === 32) return longReader(bits / 8, littleEndian, isDifference ? channels : undefined);
  return bitReader(bits);
}

function byteReader(differenceOver: number | undefined): RowUnpacker {
  return (row, target, start, count) => {
    if (differenceOver !== undefined) {
      for (let at = differenceOver; at < count; at++) row[at] = row[at]! + row[at - differenceOver]!;
    }
    target.set(row.subarray(0, count), start);
  };
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function shortReader(littleEndian: boolean, differenceOver: number | undefined): RowUnpacker {
  const isSwapped = littleEndian !== IS_LITTLE_ENDIAN;
  return (row, target, start, count) => {
    const bytes = row.byteOffset % 2 === 0 ? row : row.slice();
    const values = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
    if (isSwapped) for (let at = 0; at < count; at++) values[at] = (values[at]! >> 8) | (values[at]! << 8);
    if (differenceOver !== undefined) addDifferences(values, differenceOver);
    target.set(values, start);
  };
}

/** In place. RGB has a loop of its own: otherwise each value is read right after it was written, and that read waits for memory. */
function addDifferences(values: Uint16Array, over: number): void {
  if (over !== 3) {
    for (let at = over; at < values.length; at++) values[at] = values[at]! + values[at - over]!;
    return;
  }
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at + 2 < values.length; at += 3) {
    values[at] = red = (red + values[at]!) & 0xffff;
    values[at + 1] = green = (green + values[at + 1]!) & 0xffff;
    values[at + 2] = blue = (blue + values[at + 2]!) & 0xffff;
  }
}

/** 24 and 32 bits: the upper 16, rounded. */
function longReader(width: number, littleEndian: boolean, differenceOver: number | undefined): RowUnpacker {
  const full = 2 ** (8 * width) - 1;
  return (row, target, start, count) => {
    const values = new Float64Array(count);
    for (let at = 0; at < count; at++) {
      let value = 0;
      for (let byte = 0; byte < width; byte++) {
        value = value * 256 + row[at * width + (littleEndian ? width - 1 - byte : byte)]!;
      }
      if (differenceOver !== undefined && at >= differenceOver)
        value = (value + values[at - differenceOver]!) % (full + 1);
      values[at] = value;
      target[start + at] = Math.round((value / full) * 65_535);
    }
  };
}

/** Depths that do not fill whole bytes; every row begins at a new byte. */
function bitReader(bits: number): RowUnpacker {
  const mask = 2 ** bits - 1;
  return (row, target, start, count) => {
    let held = 0;
    let value = 0;
    let at = 0;
    for (let index = 0; index < count; index++) {
      while (held < bits) {
        value = ((value << 8) | row[at++]!) & 0xff_ffff;
        held += 8;
      }
      held -= bits;
      target[start + index] = (value >> held) & mask;
    }
  };
}

/** Adobe Photoshop TIFF Technical Note 3: the predictor's bytes are differences, the highest byte of all samples first. */
function floatReader(bits: number, littleEndian: boolean, differenceOver: number | undefined): RowUnpacker {
  const width = bits / 8;
  return (row, target, start, count) => {
    let bytes = row;
    let isLittle = littleEndian;
    if (differenceOver !== undefined) {
      for (let at = differenceOver; at < row.length; at++) row[at] = row[at]! + row[at - differenceOver]!;
      bytes = new Uint8Array(row.length);
      for (let at = 0; at < count; at++) {
        for (let byte = 0; byte < width; byte++) bytes[at * width + byte] = row[byte * count + at]!;
      }
      isLittle = false;
    }
    const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < count; at++) target[start + at] = floatAt(fields, at * width, bits, isLittle);
  };
}

function floatAt(fields: DataView, at: number, bits: number, littleEndian: boolean): number {
  switch (bits) {
    case 16:
      return smallFloat(fields.getUint16(at, littleEndian), 5, 10);
    case 24: {
      const [a, b, c] = [fields.getUint8(at), fields.getUint8(at + 1), fields.getUint8(at + 2)];
      return smallFloat(littleEndian ? (c << 16) | (b << 8) | a : (a << 16) | (b << 8) | c, 7, 16);
    }
    case 32:
      return fields.getFloat32(at, littleEndian);
    default:
      return fields.getFloat64(at, littleEndian);
  }
}

/** A float of a sign, `exponentBits` and `fractionBits`, as IEEE 754 makes the wider ones. */
function smallFloat(code: number, exponentBits: number, fractionBits: number): number {
  const sign = code >> (exponentBits + fractionBits) === 0 ? 1 : -1;
  const exponent = (code >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (code & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}
