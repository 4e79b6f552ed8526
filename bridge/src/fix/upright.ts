import type { PixelArray } from '@evenlight/models';
import type { Photo } from '../codec/photo.ts';
import { uprightMetadata } from '../codec/upright-metadata.ts';

/** Where the pixel at (x, y) of the upright picture stands in the stored one, by EXIF orientation (Exif 2.32, tag 274). */
const SOURCES: Readonly<
  Record<number, (x: number, y: number, width: number, height: number) => readonly [number, number]>
> = {
  2: (x, y, width) => [width - 1 - x, y],
  3: (x, y, width, height) => [width - 1 - x, height - 1 - y],
  4: (x, y, _, height) => [x, height - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, height) => [y, height - 1 - x],
  7: (x, y, width, height) => [width - 1 - y, height - 1 - x],
  8: (x, y, width) => [width - 1 - y, x],
};

/** A photograph whose pixels stand upright, with an orientation that says so. */
export function upright(photo: Photo): Photo {
  const { image, metadata } = photo;
  const source = SOURCES[metadata.orientation];
  if (source === undefined) return photo;
  const { width, height, channels, pixels } = image;
  const [turnedWidth, turnedHeight] = metadata.orientation >= 5 ? [height, width] : [width, height];
  const turned = emptyLike(pixels);
  for (let y = 0; y < turnedHeight; y++) {
    for (let x = 0; x < turnedWidth; x++) {
      const [fromX, fromY] = source(x, y, width, height);
      const from = (fromY * width + fromX) * channels;
      const to = (y * turnedWidth + x) * channels;
      for (let channel = 0; channel < channels; channel++) turned[to + channel] = pixels[from + channel]!;
    }
  }
  return {
    ...photo,
    image: { ...image, width: turnedWidth, height: turnedHeight, pixels: turned, rowStride: turnedWidth * channels },
    metadata: {
      ...uprightMetadata(metadata, { width: turnedWidth, height: turnedHeight }),
      orientation: 1,
    },
  };
}

/** Samples of the same kind. */
function emptyLike(pixels: PixelArray): PixelArray {
  if (pixels instanceof Float32Array) return new Float32Array(pixels.length);
  return pixels instanceof Uint16Array ? new Uint16Array(pixels.length) : new Uint8Array(pixels.length);
}
