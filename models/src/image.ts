import type { ColorSpace } from './color/color-space.ts';
import { ModelError } from './errors.ts';

/** How one sample is stored. `uint15` is Photoshop's "16 bit": 0..32768 in 16-bit integers. */
export const SAMPLE_FORMATS = ['uint8', 'uint16', 'uint15', 'float32'] as const;
export type SampleFormat = (typeof SAMPLE_FORMATS)[number];

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What `pixels` of a format are stored in. */
export type PixelArray = Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array;

/** What an image is, without its pixels. Channels: 1 gray, 2 gray + alpha, 3 RGB, 4 RGB + alpha (alpha not premultiplied). */
export interface ImageDescription {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly format: SampleFormat;
  readonly colorSpace: ColorSpace;
}

/** An image in memory: interleaved samples, row 0 at the top, `rowStride` samples from one row's start to the next. */
export interface PixelImage extends ImageDescription {
  readonly pixels: PixelArray;
  readonly rowStride: number;
}

/** The code that stands for 1.0, for full opacity. Floats may go beyond it. */
export const MAX_CODE: Readonly<Record<SampleFormat, number>> = {
  uint8: 255,
  uint16: 65535,
  uint15: 32768,
  float32: 1,
};

/** Bytes of one sample. */
export const SAMPLE_BYTES: Readonly<Record<SampleFormat, number>> = { uint8: 1, uint16: 2, uint15: 2, float32: 4 };

/** The samples that lie in a buffer, from `byteOffset` on; `length` of them, or all. */
export function samplesIn(buffer: ArrayBuffer, format: SampleFormat, byteOffset = 0, length?: number): PixelArray {
  if (format === 'uint8') return new Uint8Array(buffer, byteOffset, length);
  return new (format === 'float32' ? Float32Array : Uint16Array)(buffer, byteOffset, length);
}

/** An array for `length` samples. */
export function createSamples(format: SampleFormat, length: number): PixelArray {
  return samplesIn(new ArrayBuffer(length * SAMPLE_BYTES[format]), format);
}

/** How many of `channels` hold colour: 1 or 3. */
export function colorChannels(channels: ImageDescription['channels']): 1 | 3 {
  return channels < 3 ? 1 : 3;
}

/** @throws ModelError `BAD_IMAGE` if size, channels and colour space do not go together */
export function checkImageDescription({ width, height, channels, format, colorSpace }: ImageDescription): void {
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new ModelError('BAD_IMAGE', `image is ${width} by ${height}, needs whole numbers from 1`);
  }
  if (![1, 2, 3, 4].includes(channels))
    throw new ModelError('BAD_IMAGE', `image has ${channels} channels, needs 1 to 4`);
  if (!SAMPLE_FORMATS.includes(format)) {
    throw new ModelError('BAD_IMAGE', `sample format is ${format}, needs ${SAMPLE_FORMATS.join(', ')}`);
  }
  if (channels >= 3 && colorSpace.kind === 'gray') {
    throw new ModelError('BAD_IMAGE', `${channels} channels in the gray space ${colorSpace.name}, needs an RGB space`);
  }
}

/**
 * Checks that an array holds samples of the format, and `rowCount` rows of them; of the last row only the pixels need be there.
 *
 * @throws ModelError `BAD_IMAGE`
 */
export function checkRows(
  pixels: PixelArray,
  { width, channels, format }: ImageDescription,
  rowCount: number,
  rowStride: number,
): void {
  if (!isArrayOf(pixels, format)) {
    throw new ModelError('BAD_IMAGE', `pixels are a ${pixels.constructor.name}, which does not hold ${format} samples`);
  }
  const rowLength = width * channels;
  if (!Number.isSafeInteger(rowStride) || rowStride < rowLength) {
    throw new ModelError('BAD_IMAGE', `row stride is ${rowStride} samples, needs ${rowLength} or more`);
  }
  if (!Number.isSafeInteger(rowCount) || rowCount < 0) {
    throw new ModelError('BAD_IMAGE', `row count is ${rowCount}, needs a whole number`);
  }
  const needed = rowCount === 0 ? 0 : (rowCount - 1) * rowStride + rowLength;
  if (pixels.length < needed) {
    throw new ModelError('BAD_IMAGE', `pixels have ${pixels.length} samples, ${rowCount} rows need ${needed}`);
  }
}

function isArrayOf(pixels: PixelArray, format: SampleFormat): boolean {
  if (format === 'float32') return pixels instanceof Float32Array;
  if (format === 'uint8') return pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray;
  return pixels instanceof Uint16Array;
}
