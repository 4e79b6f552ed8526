import { open } from 'node:fs/promises';
import { BridgeError } from '../errors.ts';
import { systemPath } from '@evenlight/runtime';
import { type ByteSource, bytesOfFile } from './byte-source.ts';
import { WORKING_SPACE } from './colours/lab-rgb.ts';
import type { Photo } from './photo.ts';
import type { DecodedFile, PhotoReader } from './photo-codec.ts';
import { photoColorSpace } from './photo-color-space.ts';
import { SNIFF_BYTES, sniffFormat } from './sniff-format.ts';
import { toWorkingRgb } from './stored-colours.ts';
import { imageChannels } from './stored-picture.ts';

/**
 * Reads a photograph as it is stored: its own depth and colour space, not turned upright. CMYK and Lab cannot be corrected as
 * stored: they become 16-bit RGB, and are converted back when the photograph is written.
 *
 * @param page of a file with several, from 0
 * @throws BridgeError `UNSUPPORTED_FORMAT` (another kind of file or of picture), `DECODE_FAILED` (damaged, cut off, empty)
 */
export function decodePhoto(path: string, page = 0): Promise<Photo> {
  return withReader(path, async (reader, source) => photoOf(await reader.read({ path, source, page })));
}

/**
 * How many pages a photograph has; 1 in formats that have none.
 *
 * @throws as {@link decodePhoto}
 */
export function countPages(path: string): Promise<number> {
  return withReader(path, async (reader, source) => (await reader.countPages?.(source)) ?? 1);
}

async function withReader<T>(path: string, use: (reader: PhotoReader, source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(systemPath(path), 'r');
  try {
    const source = await bytesOfFile(file);
    if (source.sizeBytes === 0) throw new BridgeError('DECODE_FAILED', 'the file is empty (0 bytes)');
    return await use(sniffFormat(await source.read(0, SNIFF_BYTES), path), source);
  } catch (error) {
    if (error instanceof RangeError)
      throw new BridgeError('DECODE_FAILED', `damaged or cut off: ${error.message}`, { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

async function photoOf(read: DecodedFile): Promise<Photo> {
  const { container, picture, alpha } = read;
  const { width, height, model, format } = picture;
  const isConverted = model === 'cmyk' || model === 'lab';
  const wanted = read.stored ?? (isConverted ? { model, format } : undefined);
  const channels = imageChannels(picture);
  const size = { width, height, channels, rowStride: width * channels };
  const photo = { ...container, ...(wanted && { stored: wanted }), ...(alpha && { alpha }) };
  const warningsWith = (warning: string | undefined): readonly string[] =>
    warning === undefined ? container.warnings : [...container.warnings, warning];
  if (isConverted) {
    const { pixels, warning } = await toWorkingRgb(picture, container.metadata.icc);
    const image = { ...size, format: 'uint16', colorSpace: WORKING_SPACE, pixels } as const;
    return { ...photo, image, colorSpaceName: model === 'cmyk' ? 'CMYK' : 'Lab', warnings: warningsWith(warning) };
  }
  const facts = { ...read.facts, isGray: model === 'gray', isFloat: format === 'float32' };
  const { colorSpace, name, isImplied, warning } = photoColorSpace(container.metadata, facts);
  return {
    ...photo,
    image: { ...size, format, colorSpace, pixels: picture.pixels },
    colorSpaceName: name,
    ...(isImplied && { isSpaceImplied: true }),
    warnings: warningsWith(warning),
  };
}
