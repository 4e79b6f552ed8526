import { concatenate } from '@evenlight/models';
import type { Sharp } from 'sharp';
import { MAX_PHOTO_PIXELS, sharp } from './libvips.ts';
import { imageChannels, type StoredPicture } from './stored-picture.ts';
import { latin1 } from './latin1.ts';
import { longEntry, shortEntry, writeDirectory } from './tiff-directory.ts';

/**
 * Starts a sharp pipeline with a picture of 8 or 16 bits, without changing its values.
 *
 * sharp reads bare pixels of four channels as RGB and alpha, so CMYK is passed as an uncompressed TIFF file in memory.
 */
export function sharpOf(picture: StoredPicture): Sharp {
  const { width, height, model, pixels, format } = picture;
  const options = { limitInputPixels: MAX_PHOTO_PIXELS };
  if (pixels instanceof Float32Array || model === 'lab') throw new Error(`${model} of ${format} is not for sharp`);
  if (model === 'cmyk') return cmykInput(picture, pixels, options);
  const spaces = format === 'uint8' ? ['b-w', 'srgb'] : ['grey16', 'rgb16'];
  const channels = imageChannels(picture);
  return sharp(pixels, { ...options, raw: { width, height, channels } }).toColourspace(
    spaces[model === 'gray' ? 0 : 1] ?? 'srgb',
  );
}

function cmykInput(
  { width, height, format }: StoredPicture,
  pixels: Uint8Array | Uint16Array,
  options: { limitInputPixels: number },
): Sharp {
  const bits = format === 'uint8' ? 8 : 16;
  const entries = (offset: number): ReturnType<typeof longEntry>[] => [
    longEntry(256, [width]),
    longEntry(257, [height]),
    shortEntry(258, [bits, bits, bits, bits]),
    shortEntry(259, [1]),
    shortEntry(262, [5]),
    longEntry(273, [offset]),
    shortEntry(277, [4]),
    longEntry(278, [height]),
    longEntry(279, [pixels.byteLength]),
    shortEntry(284, [1]),
    shortEntry(332, [1]),
  ];
  const offset = 8 + writeDirectory(entries(0), 8).length;
  const header = concatenate([latin1('II*\0'), Uint8Array.of(8, 0, 0, 0)]);
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const file = concatenate([header, writeDirectory(entries(offset), 8), bytes]);
  return sharp(file, { ...options, ignoreIcc: true })
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk');
}
