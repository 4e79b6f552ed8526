import { colorSpaces, type PixelImage, type ProxyImage } from '@evenlight/models';
import { openPicture } from '../dataset/open-picture.ts';
import type { StoredPhoto } from '../dataset/picture-store.ts';
import { TrainerError } from '../errors.ts';

/** A picture with 8-bit RGB codes, tightly packed. */
export interface DecodedPicture extends PixelImage {
  readonly pixels: Uint8Array;
}

/** Decodes any picture that sharp or LibRaw reads to 8-bit sRGB RGB, upright, at full size. */
export async function readPicture(file: string): Promise<DecodedPicture> {
  try {
    const image = await openPicture(file);
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 3) return grayAsRgb(data, width, height, channels);
    return fromCodes({ width, height, pixels: new Uint8Array(data) });
  } catch (cause) {
    if (cause instanceof TrainerError) throw cause;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new TrainerError('BAD_IMAGE', `${file}: cannot be decoded (${reason ?? ''})`, { cause });
  }
}

function grayAsRgb(data: Uint8Array, width: number, height: number, channels: number): DecodedPicture {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = data[Math.floor(i / 3) * channels]!;
  return fromCodes({ width, height, pixels });
}

/** A picture of 8-bit sRGB codes, `[height][width][3]`. */
export function fromCodes({ width, height, pixels }: StoredPhoto): DecodedPicture {
  return { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb, pixels, rowStride: width * 3 };
}

/** A picture of encoded values 0..1, `[height][width][3]`. */
export function fromFloats({ width, height, pixels }: ProxyImage): PixelImage {
  return { width, height, channels: 3, format: 'float32', colorSpace: colorSpaces.srgb, pixels, rowStride: width * 3 };
}

/** Encoded values 0..1 of an 8-bit picture, `[height][width][3]`. */
export function toFloat(image: Pick<PixelImage, 'pixels'>): Float32Array {
  const values = new Float32Array(image.pixels.length);
  for (let i = 0; i < values.length; i++) values[i] = image.pixels[i]! / 255;
  return values;
}
