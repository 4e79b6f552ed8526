import type { PixelImage } from '@evenlight/models';
import { type TiffEntry, writeDirectory } from './tiff-directory.ts';

/** Room for the header that `rawTiff` writes; a multiple of 4, so that 32-bit samples behind it stay aligned. */
export const RAW_TIFF_HEADER_BYTES = 512;

const SHORT = 3;
const LONG = 4;

/**
 * An uncompressed TIFF file around 32-bit float pixels: the one form in which sharp takes them (its raw input would be cast to
 * 16 bits). Where there is enough room before the pixels the header is written there and nothing is copied.
 *
 * @param headroomBytes bytes before the pixels, in the same buffer, that may be overwritten
 */
export function rawTiff({ width, height, channels, pixels }: PixelImage, headroomBytes: number): Uint8Array {
  const header = new Uint8Array(RAW_TIFF_HEADER_BYTES);
  header.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  const alpha = channels === 2 || channels === 4;
  const entries: TiffEntry[] = [
    entry(256, LONG, [width]),
    entry(257, LONG, [height]),
    entry(258, SHORT, Array<number>(channels).fill(32)),
    entry(259, SHORT, [1]),
    entry(262, SHORT, [channels >= 3 ? 2 : 1]),
    entry(273, LONG, [RAW_TIFF_HEADER_BYTES]),
    entry(277, SHORT, [channels]),
    entry(278, LONG, [height]),
    entry(279, LONG, [pixels.byteLength]),
    entry(284, SHORT, [1]),
    ...(alpha ? [entry(338, SHORT, [2])] : []),
    entry(339, SHORT, Array<number>(channels).fill(3)),
  ];
  header.set(writeDirectory(entries, 8), 8);

  const inPlace = headroomBytes >= RAW_TIFF_HEADER_BYTES;
  const length = RAW_TIFF_HEADER_BYTES + pixels.byteLength;
  const start = pixels.byteOffset - RAW_TIFF_HEADER_BYTES;
  const whole = inPlace ? new Uint8Array(pixels.buffer, start, length) : new Uint8Array(length);
  whole.set(header);
  if (!inPlace) whole.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), RAW_TIFF_HEADER_BYTES);
  return whole;
}

function entry(tag: number, type: number, values: readonly number[]): TiffEntry {
  const width = type === SHORT ? 2 : 4;
  const value = new Uint8Array(values.length * width);
  const fields = new DataView(value.buffer);
  for (const [index, number] of values.entries()) {
    if (width === 2) fields.setUint16(index * 2, number, true);
    else fields.setUint32(index * 4, number, true);
  }
  return { tag, type, count: values.length, value };
}
