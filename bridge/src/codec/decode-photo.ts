import { open } from 'node:fs/promises';
import type { ImageDescription } from '@evenlight/models';
import type { Metadata, SharpOptions } from 'sharp';
import { BridgeError } from '../errors.ts';
import { bytesOfFile } from './byte-source.ts';
import { readJpegContainer } from './jpeg-container.ts';
import { MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS, sharp } from './libvips.ts';
import type { Container, Photo, PhotoFormat } from './photo.ts';
import { photoColorSpace, type SampleFacts } from './photo-color-space.ts';
import { readPngContainer } from './png-container.ts';
import { SNIFF_BYTES, sniffFormat } from './sniff-format.ts';
import { readTiffContainer } from './tiff-container.ts';
import { readWebpContainer } from './webp-container.ts';
import { RAW_TIFF_HEADER_BYTES } from './raw-tiff.ts';

/*
 * Reads a photograph as it is stored: its own depth and colour space, not turned upright. Left alone, sharp would convert an
 * embedded profile's pixels to sRGB or Display P3 (hence ignoreIcc), cut 16 bits to 8 (hence the output space and depth are
 * named) and drop the alpha channel of gray pictures (hence those go through RGB and back, which is exact).
 *
 * Damage: libvips first decodes with failOn 'warning'. If that fails, 'error' is tried: it still refuses truncated files, but
 * lets pass what decoders merely grumble about, and the summary says so.
 */

const DEPTHS = { uchar: 'uint8', ushort: 'uint16', float: 'float32' } as const;
type Depth = keyof typeof DEPTHS;

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: Depth;
  readonly format: (typeof DEPTHS)[Depth];
}

/**
 * Reads a photograph.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT` (another kind of file or of picture), `DECODE_FAILED` (damaged, cut off, empty)
 */
export async function decodePhoto(path: string): Promise<Photo> {
  const { container, facts } = await readContainer(path);
  const metadata = await readHeader(path);
  const layout = layoutOf(metadata);
  const { pixels, warning } = await readPixels(path, layout, container.compression.format);
  const isGray = layout.channels <= 2;
  const space = photoColorSpace(container.metadata, { ...facts, isGray, isFloat: layout.format === 'float32' });
  const { width, height, channels, format } = layout;
  const description: ImageDescription = { width, height, channels, format, colorSpace: space.colorSpace };
  return {
    metadata: container.metadata,
    compression: container.compression,
    image: { ...description, pixels, rowStride: width * channels },
    headroomBytes: layout.format === 'float32' ? pixels.byteOffset : 0,
    colorSpaceName: space.name,
    warnings: [...container.warnings, ...(warning ? [warning] : []), ...(space.warning ? [space.warning] : [])],
  };
}

async function readContainer(path: string): Promise<{ container: Container; facts: Partial<SampleFacts> }> {
  const file = await open(path, 'r');
  try {
    const source = await bytesOfFile(file);
    if (source.sizeBytes === 0) throw new BridgeError('DECODE_FAILED', 'the file is empty (0 bytes)');
    const format = sniffFormat(await source.read(0, SNIFF_BYTES), path);
    switch (format) {
      case 'jpeg': {
        const container = await readJpegContainer(source);
        refuseIf(container.components === 4, 'a CMYK JPEG: convert it to RGB first');
        refuseIf(
          container.precisionBits !== 8,
          `a JPEG with ${container.precisionBits} bits a sample, 8 are supported`,
        );
        return { container, facts: {} };
      }
      case 'png': {
        const container = await readPngContainer(source);
        refuseIf(container.animated, 'an animated PNG: save the picture you want as a file of its own');
        return { container, facts: container.codePoints === undefined ? {} : { codePoints: container.codePoints } };
      }
      case 'webp': {
        const container = await readWebpContainer(source);
        refuseIf(container.animated, 'an animated WebP: save the picture you want as a file of its own');
        return { container, facts: {} };
      }
      case 'tiff': {
        const container = await readTiffContainer(source);
        refuseIf(container.cameraRaw, 'a camera raw file: develop it to TIFF first');
        refuseIf(container.pages > 1, `a TIFF with ${container.pages} pages: save each as a file of its own`);
        return { container, facts: {} };
      }
    }
  } catch (error) {
    if (error instanceof RangeError)
      throw new BridgeError('DECODE_FAILED', `damaged: ${error.message}`, { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

function inputOptions(failOn: 'warning' | 'error'): SharpOptions {
  return { failOn, ignoreIcc: true, limitInputPixels: MAX_PHOTO_PIXELS, sequentialRead: true };
}

async function readHeader(path: string): Promise<Metadata> {
  try {
    return await sharp(path, inputOptions('error')).metadata();
  } catch (error) {
    throw decodeError(error);
  }
}

function layoutOf({ width, height, channels, depth, space }: Metadata): Layout {
  refuseIf(space === 'cmyk', 'a CMYK picture: convert it to RGB first');
  refuseIf(space === 'lab' || space === 'labs', 'a Lab picture: convert it to RGB first');
  if (depth !== 'uchar' && depth !== 'ushort' && depth !== 'float') {
    throw refusal(`a picture of ${depth} samples; 8-bit, 16-bit and 32-bit float ones are supported`);
  }
  const isKnown = (count: number): boolean => count >= 1 && count <= 4; // more come too, whatever sharp's types say
  const kinds = 'gray and RGB, with or without one alpha channel, are supported';
  refuseIf(!isKnown(channels), `a picture of ${channels} channels; ${kinds}`);
  refuseIf(channels === 2 && depth === 'float', 'a 32-bit gray picture with alpha: remove its alpha channel first');
  const sizeBytes = width * height * channels * { uchar: 1, ushort: 2, float: 4 }[depth];
  refuseIf(sizeBytes > MAX_PHOTO_BYTES, `${sizeBytes} bytes of pixels, at most ${MAX_PHOTO_BYTES} are supported`);
  return { width, height, channels, depth, format: DEPTHS[depth] };
}

type Pixels = Uint8Array | Uint16Array | Float32Array;

async function readPixels(
  path: string,
  layout: Layout,
  format: PhotoFormat,
): Promise<{ pixels: Pixels; warning?: string }> {
  try {
    return { pixels: await decodeWith(path, layout, 'warning') };
  } catch (error) {
    try {
      const pixels = await decodeWith(path, layout, 'error');
      return { pixels, warning: `the ${format} decoder complains: ${firstLine(error)}` };
    } catch (second) {
      throw decodeError(second);
    }
  }
}

async function decodeWith(path: string, layout: Layout, failOn: 'warning' | 'error'): Promise<Pixels> {
  const { width, height, channels, depth, format } = layout;
  const asRgb = format === 'uint8' && channels === 2;
  const gray = channels <= 2 && !asRgb;
  const space = {
    uint8: gray ? 'b-w' : 'srgb',
    uint16: gray ? 'grey16' : 'rgb16',
    float32: gray ? 'b-w' : 'scrgb',
  }[format];
  const headroomRows = format === 'float32' ? Math.ceil(RAW_TIFF_HEADER_BYTES / (width * channels * 4)) : 0;
  let pipeline = sharp(path, inputOptions(failOn)).toColourspace(space);
  if (headroomRows > 0) pipeline = pipeline.extend({ top: headroomRows, extendWith: 'copy' });
  const { data, info } = await pipeline.raw({ depth }).toBuffer({ resolveWithObject: true });

  const storedChannels = asRgb ? 4 : channels;
  if (info.channels !== storedChannels || info.width !== width || info.height !== height + headroomRows) {
    const got = `${info.width}×${info.height - headroomRows}×${info.channels}`;
    throw new Error(`decoded to ${got}, expected ${width}×${height}×${storedChannels}`);
  }
  const length = width * height * channels;
  const start = data.byteOffset + headroomRows * width * channels * 4;
  if (format === 'float32') return new Float32Array(data.buffer, start, length);
  if (format === 'uint16') return new Uint16Array(data.buffer, start, length);
  return asRgb ? grayAlphaOf(data) : new Uint8Array(data.buffer, start, length);
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

function refuseIf(condition: boolean, what: string): void {
  if (condition) throw refusal(what);
}

function refusal(what: string): BridgeError {
  return new BridgeError('UNSUPPORTED_FORMAT', what);
}

function decodeError(error: unknown): BridgeError {
  return new BridgeError('DECODE_FAILED', `damaged or cut off: ${firstLine(error)}`, { cause: error });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0] ?? text;
}
