import { BridgeError } from '../errors.ts';
import { MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS } from './libvips.ts';

/**
 * Pixels in the colour model of their file, before they become an image that can be corrected: interleaved, alpha last.
 *
 * - `gray`, `rgb`: black is 0, white the largest code.
 * - `cmyk`: no ink is 0, full ink the largest code.
 * - `lab`: L from 0 to the largest code for 0..100; a and b in steps of 1 (8 bits) or 1/256 (16 bits) around the middle code.
 */
export interface StoredPicture {
  readonly width: number;
  readonly height: number;
  readonly model: 'gray' | 'rgb' | 'cmyk' | 'lab';
  readonly hasAlpha: boolean;
  readonly format: 'uint8' | 'uint16' | 'float32';
  readonly pixels: Uint8Array | Uint16Array | Float32Array;
}

/** Colour samples of a pixel. */
export function colourCount(model: StoredPicture['model']): 1 | 3 | 4 {
  return model === 'gray' ? 1 : model === 'cmyk' ? 4 : 3;
}

export function channelCount({ model, hasAlpha }: Pick<StoredPicture, 'model' | 'hasAlpha'>): number {
  return colourCount(model) + (hasAlpha ? 1 : 0);
}

/** Channels of the picture as an image: gray or RGB, with or without alpha. */
export function imageChannels({ model, hasAlpha }: Pick<StoredPicture, 'model' | 'hasAlpha'>): 1 | 2 | 3 | 4 {
  if (model === 'gray') return hasAlpha ? 2 : 1;
  return hasAlpha ? 4 : 3;
}

/**
 * Checks a size before memory is allocated for it.
 *
 * @param sampleBytes of one sample in memory
 * @throws BridgeError `UNSUPPORTED_FORMAT`
 */
export function checkPictureSize(width: number, height: number, channels: number, sampleBytes: number): void {
  const pixels = width * height;
  if (pixels > MAX_PHOTO_PIXELS) {
    throw new BridgeError('UNSUPPORTED_FORMAT', `${width}×${height} pixels, at most ${MAX_PHOTO_PIXELS} are supported`);
  }
  const sizeBytes = pixels * channels * sampleBytes;
  if (sizeBytes > MAX_PHOTO_BYTES) {
    throw new BridgeError(
      'UNSUPPORTED_FORMAT',
      `${sizeBytes} bytes of pixels, at most ${MAX_PHOTO_BYTES} are supported`,
    );
  }
}
