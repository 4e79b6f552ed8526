import { colorSpaces, type ColorSpace, type Orientation, parseIccProfile, type PixelImage } from '@evenlight/models';
import type { LocalPhoto } from './local-photo.ts';
import type { CanvasColors } from './worker-calls.ts';

/** The largest side and area that every browser's canvas supports; the bridge handles larger pictures. */
const MAX_SIDE = 16_384;
const MAX_AREA = 200_000_000;

/** The pixels as the file stores them: not turned, in the file's own colours. */
export async function storedPixels({ bare, icc }: LocalPhoto): Promise<PixelImage & { pixels: Uint8Array }> {
  const bitmap = await createImageBitmap(bare, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { data, width, height } = readBack(bitmap, bitmap, 'srgb');
  const colorSpace: ColorSpace = icc === undefined ? colorSpaces.srgb : parseIccProfile(icc);
  const pixels = new Uint8Array(data.buffer);
  return { width, height, channels: 4, format: 'uint8', colorSpace, pixels, rowStride: width * 4 };
}

/** The picture as it is shown: upright, in the canvas' colours, with its longer side of `maxSide` at most. */
export async function shownPixels(
  file: Blob,
  upright: { readonly width: number; readonly height: number },
  maxSide: number,
  colors: CanvasColors,
): Promise<ImageData> {
  const scale = Math.min(1, maxSide / Math.max(upright.width, upright.height));
  const size = {
    width: Math.max(1, Math.round(upright.width * scale)),
    height: Math.max(1, Math.round(upright.height * scale)),
  };
  const resize = { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: 'high' } as const;
  return readBack(await createImageBitmap(file, scale < 1 ? resize : {}), size, colors);
}

/** A part of the picture as it is shown, in full size. */
export async function shownRegion(
  file: Blob,
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  colors: CanvasColors,
): Promise<ImageData> {
  return readBack(await createImageBitmap(file, x, y, width, height), { width, height }, colors);
}

function readBack(
  bitmap: ImageBitmap,
  { width, height }: { readonly width: number; readonly height: number },
  colorSpace: CanvasColors,
): ImageData {
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_AREA) {
    bitmap.close();
    throw new Error(`${width} × ${height} pixels are more than a browser's canvas takes`);
  }
  const context = contextOf(new OffscreenCanvas(width, height), colorSpace);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height, { colorSpace });
}

export function contextOf(canvas: OffscreenCanvas, colorSpace: CanvasColors): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { colorSpace, willReadFrequently: true });
  if (context === null) throw new Error('the browser gives no canvas');
  return context;
}

/** Width and height of a picture that is turned upright. */
export function uprightSize(
  { width, height }: { readonly width: number; readonly height: number },
  orientation: Orientation,
): { width: number; height: number } {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** Some browsers alter pixels that are read back, to prevent fingerprinting. Then the page must not write pictures. */
export function isCanvasTrue(): boolean {
  const context = contextOf(new OffscreenCanvas(16, 16), 'srgb');
  const pattern = new ImageData(16, 16);
  pattern.data.forEach((_, index) => {
    pattern.data[index] = index % 4 === 3 ? 255 : (index * 37) % 256;
  });
  context.putImageData(pattern, 0, 0);
  const back = context.getImageData(0, 0, 16, 16).data;
  return pattern.data.every((value, index) => back[index] === value);
}
