import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { TrainerError } from '../errors.ts';
import { decodeRadiance, type LinearPicture } from './radiance.ts';

/** A decoded 8-bit sRGB photograph in shared memory, interleaved RGB. */
export interface StoredPhoto {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Decodes a photograph to 8-bit sRGB with its long side at most `maxSide` pixels, upright, into shared memory. */
export async function loadPhoto(file: string, maxSide: number): Promise<StoredPhoto> {
  try {
    const image = sharp(file, { failOn: 'truncated' }).rotate().toColourspace('srgb').removeAlpha();
    const { data, info } = await image
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(new SharedArrayBuffer(info.width * info.height * 3));
    if (info.channels === 3) pixels.set(data);
    else for (let i = 0; i < pixels.length; i++) pixels[i] = data[Math.floor(i / 3) * info.channels]!;
    return { width: info.width, height: info.height, pixels };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new TrainerError('BAD_IMAGE', `${file}: cannot be decoded (${reason ?? ''})`, { cause });
  }
}

/** Decodes a Radiance panorama or photograph into shared memory. */
export async function loadRadiance(file: string): Promise<LinearPicture> {
  try {
    const picture = decodeRadiance(await readFile(file));
    const light = new Float32Array(new SharedArrayBuffer(picture.light.byteLength));
    light.set(picture.light);
    return { ...picture, light };
  } catch (cause) {
    throw new TrainerError('BAD_IMAGE', `${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
