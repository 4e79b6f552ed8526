import { messageOf } from '@evenlight/models';
import type { Metadata, SharpOptions } from 'sharp';
import { BridgeError } from '../errors.ts';
import { MAX_PHOTO_PIXELS, sharp } from './libvips.ts';
import { checkPictureSize, type StoredPicture } from './stored-picture.ts';

/*
 * Pixels through libvips, as stored: their own depth and colour space, not turned upright. By default sharp converts an embedded
 * profile's pixels to sRGB or Display P3 (hence ignoreIcc), cuts 16 bits to 8 (hence output space and depth are named) and drops
 * the alpha channel of gray pictures (hence those go through RGB and back, which is exact).
 *
 * Damage: libvips first decodes with failOn 'warning'. If that fails, 'error' is tried: it still refuses truncated files, but
 * accepts what decoders only warn about; the summary says so.
 */

const DEPTHS = { uchar: 'uint8', ushort: 'uint16' } as const;

interface PixelShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: keyof typeof DEPTHS;
  readonly isCmyk: boolean;
}

export interface SharpPicture {
  readonly picture: StoredPicture;
  /** What libvips says about the file. */
  readonly header: Metadata;
  readonly warnings: readonly string[];
}

/**
 * Reads a JPEG, PNG, WebP or AVIF.
 *
 * @param input path or bytes
 * @throws BridgeError `UNSUPPORTED_FORMAT` for pictures of other depths or channels
 * @throws RangeError where the file is damaged
 */
export async function readWithSharp(input: string | Uint8Array, name: string): Promise<SharpPicture> {
  const header = await readHeader(input);
  const layout = layoutOf(header);
  const { pixels, complaint } = await readPixels(input, layout);
  const { width, height, channels, depth, isCmyk } = layout;
  const model = isCmyk ? 'cmyk' : channels <= 2 ? 'gray' : 'rgb';
  const hasAlpha = !isCmyk && channels % 2 === 0;
  return {
    picture: { width, height, model, hasAlpha, format: DEPTHS[depth], pixels },
    header,
    warnings: complaint === undefined ? [] : [`the ${name} decoder complains: ${complaint}`],
  };
}

function inputOptions(failOn: 'warning' | 'error'): SharpOptions {
  return { failOn, ignoreIcc: true, limitInputPixels: MAX_PHOTO_PIXELS, sequentialRead: true };
}

async function readHeader(input: string | Uint8Array): Promise<Metadata> {
  try {
    // The size is checked below, with our own message.
    return await sharp(input, { ...inputOptions('error'), limitInputPixels: false }).metadata();
  } catch (error) {
    throw new RangeError(reasonOf(error), { cause: error });
  }
}

function layoutOf({ width, height, channels, depth, space }: Metadata): PixelShape {
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw refusal(`a picture of ${depth} samples; 8-bit and 16-bit ones are supported`);
  }
  const count: number = channels; // More occur, although sharp's types do not say so.
  if (count < 1 || count > 4) throw refusal(`a picture of ${count} channels; gray and RGB are supported`);
  checkPictureSize(width, height, channels, depth === 'uchar' ? 1 : 2);
  return { width, height, channels, depth, isCmyk: space === 'cmyk' };
}

type Pixels = Uint8Array | Uint16Array;

async function readPixels(
  input: string | Uint8Array,
  layout: PixelShape,
): Promise<{ pixels: Pixels; complaint?: string }> {
  try {
    return { pixels: await decodeWith(input, layout, 'warning') };
  } catch (error) {
    try {
      return { pixels: await decodeWith(input, layout, 'error'), complaint: reasonOf(error) };
    } catch (second) {
      throw new RangeError(reasonOf(second), { cause: second });
    }
  }
}

async function decodeWith(
  input: string | Uint8Array,
  { width, height, channels, depth, isCmyk }: PixelShape,
  failOn: 'warning' | 'error',
): Promise<Pixels> {
  const asRgb = depth === 'uchar' && channels === 2;
  const isGray = channels <= 2 && !asRgb;
  const spaces = { uchar: isGray ? 'b-w' : 'srgb', ushort: isGray ? 'grey16' : 'rgb16' };
  const pipeline = sharp(input, inputOptions(failOn));
  if (isCmyk) pipeline.pipelineColourspace('cmyk');
  pipeline.toColourspace(isCmyk ? 'cmyk' : spaces[depth]);
  const { data, info } = await pipeline.raw({ depth }).toBuffer({ resolveWithObject: true });

  const storedChannels = asRgb ? 4 : channels;
  if (info.channels !== storedChannels || info.width !== width || info.height !== height) {
    const got = `${info.width}×${info.height}×${info.channels}`;
    throw new Error(`decoded to ${got}, expected ${width}×${height}×${storedChannels}`);
  }
  const length = width * height * channels;
  if (depth === 'ushort') return new Uint16Array(data.buffer, data.byteOffset, length);
  return asRgb ? grayAlphaOf(data) : new Uint8Array(data.buffer, data.byteOffset, length);
}

/** Gray+alpha out of R=G=B+alpha, in place. */
function grayAlphaOf(rgba: Uint8Array): Uint8Array {
  const pixels = rgba.length / 4;
  for (let index = 0; index < pixels; index++) {
    rgba[2 * index] = rgba[4 * index]!;
    rgba[2 * index + 1] = rgba[4 * index + 3]!;
  }
  return new Uint8Array(rgba.buffer, rgba.byteOffset, 2 * pixels);
}

function refusal(what: string): BridgeError {
  return new BridgeError('UNSUPPORTED_FORMAT', what);
}

/** Lines of sharp's errors that say nothing, and prefixes before those that do. */
const NOTHING_SAID = /^(unknown error|warning treated as error due to failon setting|)$/i;
const PREFIX = /^(input (file|buffer)( has corrupt header| contains unsupported image format)?:?|vips[a-z0-9_]*:)\s*/i;

/** The first line of libvips's error that says something. */
export function reasonOf(error: unknown): string {
  const text = messageOf(error);
  const lines = text.split('\n').map((line) => line.trim().replace(PREFIX, '').replace(PREFIX, ''));
  return lines.find((line) => !NOTHING_SAID.test(line)) ?? 'the decoder cannot read it and does not say why';
}
