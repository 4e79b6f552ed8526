import type { PixelImage } from '@evenlight/models';

/** 16-bit samples as 8-bit ones, rounded to the nearest (65535/255 = 257); 8-bit images come back as they are. */
export function toEightBit(image: PixelImage): PixelImage {
  const { pixels } = image;
  if (image.format === 'uint8') return image;
  const eightBit = new Uint8Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) eightBit[index] = (pixels[index]! + 128) / 257;
  return { ...image, format: 'uint8', pixels: eightBit };
}

/** An 8-bit image without its alpha channel: laid on white, in its own encoded values, as browsers show it on paper. */
export function flattenOnWhite(image: PixelImage): PixelImage {
  if (image.channels === 1 || image.channels === 3) return image;
  const colors = image.channels === 2 ? 1 : 3;
  const { pixels } = image;
  const count = image.width * image.height;
  const flat = new Uint8Array(count * colors);
  for (let pixel = 0; pixel < count; pixel++) {
    const alpha = pixels[pixel * image.channels + colors]!;
    for (let color = 0; color < colors; color++) {
      const value = pixels[pixel * image.channels + color]!;
      flat[pixel * colors + color] = Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { ...image, channels: colors, pixels: flat, rowStride: image.width * colors };
}
