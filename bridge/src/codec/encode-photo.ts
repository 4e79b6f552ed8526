import { open } from 'node:fs/promises';
import type { PixelImage } from '@evenlight/models';
import type { Sharp } from 'sharp';
import { BridgeError } from '../errors.ts';
import { flattenOnWhite, toEightBit } from './convert-samples.ts';
import { embedInJpeg } from './jpeg-container.ts';
import { MAX_PHOTO_PIXELS, sharp } from './libvips.ts';
import type { Compression, Photo, PhotoFormat, PhotoMetadata } from './photo.ts';
import { embedInPng } from './png-container.ts';
import { rawTiff } from './raw-tiff.ts';
import { embedInTiff } from './tiff-container.ts';
import { embedInWebp } from './webp-container.ts';

/*
 * Writes a photograph: sharp compresses the bare pixels, without any profile and therefore without conversion; profile and
 * metadata are then put into the container byte for byte. (sharp's withIccProfile converts the pixels, its EXIF goes through
 * libexif, which drops what it does not know, and its TIFF default is JPEG compression.)
 */

/** A second compression below this adds visible damage where shadows have been lifted. */
const MIN_JPEG_QUALITY = 85;
const WEBP_QUALITY = 92;
const LONGEST_SIDE: Readonly<Partial<Record<PhotoFormat, number>>> = { jpeg: 65_535, webp: 16_383 };

export interface EncodedPhoto {
  readonly format: PhotoFormat;
  /** One sentence for each thing that the format cannot hold. */
  readonly warnings: readonly string[];
  /**
   * Writes the file. The caller sees to it that it appears whole or not at all.
   *
   * @param path of a file that does not exist
   * @throws BridgeError `ENCODE_FAILED`, and what node:fs throws
   */
  writeTo(path: string): Promise<void>;
}

/**
 * Compresses a photograph. TIFF is compressed while it is written, because its result may be as large as the pixels, which
 * would then be in memory twice.
 *
 * @param format `keep`: the one it came in
 * @throws BridgeError `UNSUPPORTED_FORMAT` when the format cannot hold the photograph, `ENCODE_FAILED`
 */
export async function encodePhoto(photo: Photo, format: PhotoFormat | 'keep' = 'keep'): Promise<EncodedPhoto> {
  const target = format === 'keep' ? photo.compression.format : format;
  const warnings: string[] = [];
  const image = fitted(photo.image, target, warnings);
  const metadata = metadataFor(photo, target, image, warnings);
  const pipeline = compress(
    pipelineFor(image, photo.headroomBytes),
    compressionFor(photo.compression, target),
    image.format === 'float32',
  );
  if (target === 'tiff') return { format: target, warnings, writeTo: (path) => writeTiff(pipeline, metadata, path) };
  try {
    const encoded = await pipeline.toBuffer();
    const parts = await embed(encoded, target, { metadata, image, warnings });
    return { format: target, warnings, writeTo: (path) => writeParts(path, parts) };
  } catch (error) {
    throw encodeError(target, error);
  }
}

async function writeTiff(pipeline: Sharp, metadata: PhotoMetadata, path: string): Promise<void> {
  try {
    await pipeline.toFile(path);
  } catch (error) {
    // libvips has the system's words for it, but not its code.
    if (error instanceof Error && /no space left|disk quota|file too large/i.test(error.message)) {
      throw Object.assign(new Error(error.message, { cause: error }), { code: 'ENOSPC' });
    }
    throw encodeError('tiff', error);
  }
  const file = await open(path, 'r+');
  try {
    await embedInTiff(file, metadata);
  } finally {
    await file.close();
  }
}

async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}

function encodeError(format: PhotoFormat, error: unknown): BridgeError {
  const reason = error instanceof Error ? error.message.trim().split('\n')[0] : String(error);
  return new BridgeError('ENCODE_FAILED', `cannot be written as ${format}: ${reason ?? ''}`, { cause: error });
}

function fitted(image: PixelImage, target: PhotoFormat, warnings: string[]): PixelImage {
  const longest = LONGEST_SIDE[target];
  const { width, height } = image;
  if (longest !== undefined && Math.max(width, height) > longest) {
    throw unsupported(`${width}×${height} pixels do not fit into ${target}, whose sides have at most ${longest}`);
  }
  if (target === 'tiff') return image;
  if (image.format === 'float32')
    throw unsupported(`a 32-bit photograph can be written as tiff only, not as ${target}`);
  if (target === 'png') return image;
  if (image.format === 'uint16') warnings.push(`${target} holds 8 of the 16 bits`);
  const eightBit = toEightBit(image);
  if (target === 'webp') return eightBit;
  if (image.channels === 2 || image.channels === 4) warnings.push('jpeg has no transparency: laid on white');
  return flattenOnWhite(eightBit);
}

/** WebP stores gray as RGB, for which a gray profile has no meaning. */
function metadataFor(photo: Photo, target: PhotoFormat, image: PixelImage, warnings: string[]): PhotoMetadata {
  const { metadata } = photo;
  if (target !== 'webp' || image.channels > 2 || metadata.icc === undefined) return metadata;
  warnings.push('webp stores gray as RGB: the gray profile is left out');
  const { icc: _icc, ...rest } = metadata;
  return rest;
}

function compressionFor(stored: Compression, target: PhotoFormat): Compression {
  if (stored.format === target) return stored;
  switch (target) {
    case 'jpeg':
      return { format: 'jpeg', quality: 95, subsampling: '4:4:4', progressive: false };
    case 'png':
      return { format: 'png' };
    case 'tiff':
      return { format: 'tiff', method: 'deflate' };
    case 'webp':
      return { format: 'webp', lossless: stored.format !== 'jpeg' };
  }
}

function pipelineFor(image: PixelImage, headroomBytes: number): Sharp {
  const { width, height, channels, pixels, format } = image;
  const options = { limitInputPixels: MAX_PHOTO_PIXELS };
  if (format === 'float32') {
    return sharp(rawTiff(image, headroomBytes), options).toColourspace(channels >= 3 ? 'scrgb' : 'b-w');
  }
  const space = { uint8: ['b-w', 'srgb'], uint16: ['grey16', 'rgb16'] }[format === 'uint8' ? 'uint8' : 'uint16'];
  return sharp(pixels, { ...options, raw: { width, height, channels } }).toColourspace(space[channels >= 3 ? 1 : 0]);
}

function compress(pipeline: Sharp, compression: Compression, isFloat: boolean): Sharp {
  switch (compression.format) {
    case 'jpeg': {
      const quality = Math.max(MIN_JPEG_QUALITY, compression.quality);
      return pipeline.jpeg({
        quality,
        chromaSubsampling: compression.subsampling,
        progressive: compression.progressive,
      });
    }
    case 'png':
      return pipeline.png({ compressionLevel: 6, adaptiveFiltering: true, palette: false });
    case 'tiff':
      return pipeline.tiff({
        compression: compression.method,
        predictor: isFloat ? 'float' : 'horizontal',
      });
    case 'webp':
      return compression.lossless
        ? pipeline.webp({ lossless: true, exact: true })
        : pipeline.webp({ quality: WEBP_QUALITY, smartSubsample: true, exact: true });
  }
}

function embed(
  encoded: Uint8Array,
  format: Exclude<PhotoFormat, 'tiff'>,
  { metadata, image, warnings }: { metadata: PhotoMetadata; image: PixelImage; warnings: string[] },
): Promise<Uint8Array[]> {
  switch (format) {
    case 'jpeg':
      return embedInJpeg(encoded, metadata, warnings);
    case 'png':
      return embedInPng(encoded, metadata);
    case 'webp': {
      const { width, height } = image;
      return embedInWebp(encoded, metadata, { width, height, hasAlpha: image.channels % 2 === 0 });
    }
  }
}

function unsupported(what: string): BridgeError {
  return new BridgeError('UNSUPPORTED_FORMAT', what);
}
