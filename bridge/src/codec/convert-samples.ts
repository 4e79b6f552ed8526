import { type ColorSpace, MAX_CODE, type PixelImage } from '@evenlight/models';

/** 16-bit samples as 8-bit ones, rounded to the nearest (65535/255 = 257); 8-bit images come back as they are. */
export function toEightBit(image: PixelImage): PixelImage {
  const { pixels } = image;
  if (image.format === 'uint8') return image;
  const eightBit = new Uint8Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) eightBit[index] = (pixels[index]! + 128) / 257;
  return { ...image, format: 'uint8', pixels: eightBit };
}

/** Points of the table between linear light and a curve; over the square root, because curves are steep at black. */
const CURVE_POINTS = 1 << 16;

/** Float samples as 16-bit ones of a space with the same primaries; values below 0 and above 1 are clipped. */
export function toSixteenBit(image: PixelImage, space: ColorSpace): PixelImage {
  const { pixels, channels } = image;
  const isEncoded = space !== image.colorSpace;
  const curve = Uint16Array.from({ length: CURVE_POINTS + 1 }, (_, index) =>
    Math.round(space.transfer.encode((index / CURVE_POINTS) ** 2) * 65_535),
  );
  const codes = new Uint16Array(pixels.length);
  const alpha = channels % 2 === 0 ? channels - 1 : -1;
  for (let index = 0; index < pixels.length; index++) {
    const value = Math.max(0, Math.min(1, pixels[index]!));
    const isLinear = isEncoded && index % channels !== alpha;
    codes[index] = isLinear ? curve[Math.round(Math.sqrt(value) * CURVE_POINTS)]! : value * 65_535 + 0.5;
  }
  return { ...image, format: 'uint16', colorSpace: space, pixels: codes };
}

/** An image of integer samples without its alpha channel: blended with white in its own encoded values, as browsers do. */
export function flattenOnWhite(image: PixelImage): PixelImage {
  if (image.channels === 1 || image.channels === 3) return image;
  const colors = image.channels === 2 ? 1 : 3;
  const { pixels } = image;
  const full = MAX_CODE[image.format];
  const count = image.width * image.height;
  const flat = image.format === 'uint8' ? new Uint8Array(count * colors) : new Uint16Array(count * colors);
  for (let pixel = 0; pixel < count; pixel++) {
    const alpha = pixels[pixel * image.channels + colors]!;
    for (let color = 0; color < colors; color++) {
      const value = pixels[pixel * image.channels + color]!;
      flat[pixel * colors + color] = Math.round((value * alpha + full * (full - alpha)) / full);
    }
  }
  return { ...image, channels: colors, pixels: flat, rowStride: image.width * colors };
}
