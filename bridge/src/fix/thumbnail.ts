import { buildProxy, type ProxyImage } from '@evenlight/models';
import { sharp } from '../codec/libvips.ts';
import type { Photo } from '../codec/photo.ts';

/** A small picture, sRGB-encoded, stored as its photograph is. */
export interface Thumbnail {
  readonly pixels: ProxyImage;
  /** EXIF orientation 1..8. */
  readonly orientation: number;
}

const LONGEST_SIDE = 280;
const JPEG_QUALITY = 72;

export function thumbnailOf({ image, metadata }: Photo): Thumbnail {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
  const size = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  return { pixels: buildProxy(image, size), orientation: metadata.orientation };
}

/** Turns a small picture upright and compresses it. */
export async function thumbnailJpeg({ pixels, orientation }: Thumbnail): Promise<Uint8Array> {
  const { width, height } = pixels;
  const bytes = Uint8Array.from(pixels.pixels, (value) => Math.round(255 * value));
  const stored = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 100 })
    .toBuffer();
  return sharp(stored).autoOrient().jpeg({ quality: JPEG_QUALITY }).toBuffer();
}
