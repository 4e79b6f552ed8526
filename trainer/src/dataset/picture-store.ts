import { readFile } from 'node:fs/promises';
import { messageOf } from '@evenlight/models';
import { TrainerError } from '../errors.ts';
import { openPicture } from './open-picture.ts';
import { decodeRadiance, type LinearPicture } from './radiance.ts';

/** Raw files have at least this long side at half size; for more they are developed in full. */
const HALF_SIZE_SIDE = 1024;

/** A decoded 8-bit sRGB photograph in shared memory, interleaved RGB. */
export interface StoredPhoto {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Decodes a photograph to 8-bit sRGB with its long side at most `maxSide` pixels, upright, into shared memory. */
export async function loadPhoto(file: string, maxSide: number): Promise<StoredPhoto> {
  try {
    const image = await openPicture(file, { isSmall: maxSide <= HALF_SIZE_SIDE });
    const { data, info } = await image
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(new SharedArrayBuffer(info.width * info.height * 3));
    if (info.channels === 3) pixels.set(data);
    else for (let i = 0; i < pixels.length; i++) pixels[i] = data[Math.floor(i / 3) * info.channels]!;
    return { width: info.width, height: info.height, pixels };
  } catch (cause) {
    if (cause instanceof TrainerError) throw cause;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new TrainerError('BAD_IMAGE', `${file}: cannot be decoded (${reason ?? ''})`, { cause });
  }
}

/** A badly exposed picture and the picture that a person wanted of it. */
export interface StoredPair {
  readonly input: StoredPhoto;
  readonly target: StoredPhoto;
}

/** Sensors and their developed pictures differ by a few rows; more than this and the pictures do not belong together. */
const LARGEST_ASPECT_DIFFERENCE = 0.03;

/** @throws TrainerError `BAD_DATASET` when the two cannot show the same, by their shapes. */
export function joinPair(input: StoredPhoto, target: StoredPhoto, file: string): StoredPair {
  const aspect = (photo: StoredPhoto): number => photo.width / photo.height;
  if (Math.abs(aspect(input) / aspect(target) - 1) <= LARGEST_ASPECT_DIFFERENCE) return { input, target };
  const [got, expected] = [input, target].map(({ width, height }) => `${width}×${height}`);
  throw new TrainerError('BAD_DATASET', `${file}: has the shape ${got ?? ''}, its target ${expected ?? ''}`);
}

/** Decodes a Radiance panorama or photograph into shared memory. */
export async function loadRadiance(file: string): Promise<LinearPicture> {
  try {
    const picture = decodeRadiance(await readFile(file));
    const light = new Float32Array(new SharedArrayBuffer(picture.light.byteLength));
    light.set(picture.light);
    return { ...picture, light };
  } catch (cause) {
    throw new TrainerError('BAD_IMAGE', `${file}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
