import type { PixelImage } from '@evenlight/models';
import { cmykTransform } from './colours/cmyk-rgb.ts';
import type { GridTransform } from './colours/grid-transform.ts';
import { labToWorking, workingToLab } from './colours/lab-rgb.ts';
import { channelCount, colourCount, type StoredPicture } from './stored-picture.ts';

/* Converts CMYK and Lab pixels to 16-bit RGB, in which a photograph is corrected, and back. */

type Codes = Uint8Array | Uint16Array;

/** Integer pixels: floats are always gray or RGB. */
function codesOf({ pixels, model }: StoredPicture): Codes {
  if (pixels instanceof Float32Array) throw new Error(`${model} of float samples`);
  return pixels;
}

/** @returns RGB, or RGB and alpha, of the working space, and what had to be guessed */
export async function toWorkingRgb(
  picture: StoredPicture,
  icc: Uint8Array | undefined,
): Promise<{ pixels: Uint16Array; warning?: string }> {
  const codes = codesOf(picture);
  const stride = channelCount(picture);
  const target = picture.hasAlpha ? 4 : 3;
  const pixels = new Uint16Array(picture.width * picture.height * target);
  copyAlpha(picture, codes, pixels, target);
  if (picture.model === 'lab') {
    labPixels(codes, stride, pixels, target);
    return { pixels };
  }
  const transform = await cmykTransform(icc);
  const { warning } = transform;
  const max = picture.format === 'uint8' ? 255 : 65_535;
  transform.toWorking().apply({ samples: codes, stride, max }, { samples: pixels, stride: target });
  return { pixels, ...(warning !== undefined && { warning }) };
}

/** The reverse conversion, to the depth that the file has. */
export async function fromWorkingRgb(
  { width, height, channels, pixels }: PixelImage,
  { model, format }: Pick<StoredPicture, 'model' | 'format'>,
  icc: Uint8Array | undefined,
): Promise<StoredPicture> {
  if (!(pixels instanceof Uint16Array)) throw new Error('the working space has 16 bits');
  const hasAlpha = channels === 4;
  const stride = channelCount({ model, hasAlpha });
  const wide = new Uint16Array(width * height * stride);
  if (model === 'lab') workingPixels(pixels, channels, wide, stride);
  else (await fromWorking(icc)).apply({ samples: pixels, stride: channels, max: 65_535 }, { samples: wide, stride });
  if (hasAlpha) for (let at = 0; at * 4 < pixels.length; at++) wide[at * stride + stride - 1] = pixels[at * 4 + 3]!;
  const size = { width, height, model, hasAlpha };
  if (format === 'uint16') return { ...size, format, pixels: wide };
  return { ...size, format: 'uint8', pixels: model === 'lab' ? narrowLab(wide, stride) : narrow(wide) };
}

async function fromWorking(icc: Uint8Array | undefined): Promise<GridTransform> {
  return (await cmykTransform(icc)).fromWorking();
}

function copyAlpha({ hasAlpha, model, format }: StoredPicture, from: Codes, to: Uint16Array, target: number): void {
  if (!hasAlpha) return;
  const stride = colourCount(model) + 1;
  const factor = format === 'uint8' ? 257 : 1;
  for (let pixel = 0; pixel * target < to.length; pixel++) {
    to[pixel * target + target - 1] = from[pixel * stride + stride - 1]! * factor;
  }
}

function labPixels(from: Codes, stride: number, to: Uint16Array, target: number): void {
  const isWide = from instanceof Uint16Array;
  const [full, middle, step] = isWide ? [65_535, 32_768, 256] : [255, 128, 1];
  for (let pixel = 0; pixel * stride < from.length; pixel++) {
    const at = pixel * stride;
    const rgb = labToWorking([
      (from[at]! / full) * 100,
      (from[at + 1]! - middle) / step,
      (from[at + 2]! - middle) / step,
    ]);
    for (let channel = 0; channel < 3; channel++) to[pixel * target + channel] = rgb[channel]! * 65_535 + 0.5;
  }
}

function workingPixels(from: Uint16Array, channels: number, to: Uint16Array, stride: number): void {
  const code = (value: number): number => Math.max(0, Math.min(65_535, Math.round(value)));
  for (let pixel = 0; pixel * channels < from.length; pixel++) {
    const at = pixel * channels;
    const [l = 0, a = 0, b = 0] = workingToLab([from[at]! / 65_535, from[at + 1]! / 65_535, from[at + 2]! / 65_535]);
    to[pixel * stride] = code((l / 100) * 65_535);
    to[pixel * stride + 1] = code(a * 256 + 32_768);
    to[pixel * stride + 2] = code(b * 256 + 32_768);
  }
}

function narrow(wide: Uint16Array): Uint8Array {
  return Uint8Array.from(wide, (value) => (value + 128) / 257);
}

/** a and b count in steps of 1 around 128 with 8 bits, and of 1/256 around 32768 with 16. */
function narrowLab(wide: Uint16Array, stride: number): Uint8Array {
  const codes = narrow(wide);
  for (let at = 0; at < wide.length; at += stride) {
    for (const channel of [1, 2]) codes[at + channel] = Math.min(255, Math.round(wide[at + channel]! / 256));
  }
  return codes;
}
