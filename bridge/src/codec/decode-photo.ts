import { open } from 'node:fs/promises';
import { BridgeError } from '../errors.ts';
import { systemPath } from '@evenlight/runtime';
import { bytesOfFile } from './byte-source.ts';
import { WORKING_SPACE } from './colours/lab-rgb.ts';
import type { Photo } from './photo.ts';
import type { DecodedFile } from './photo-codec.ts';
import { photoColorSpace } from './photo-color-space.ts';
import { SNIFF_BYTES, sniffFormat } from './sniff-format.ts';
import { toWorkingRgb } from './stored-colours.ts';
import { imageChannels } from './stored-picture.ts';

/**
 * Reads a photograph as it is stored: its own depth and colour space, not turned upright. What cannot be corrected as stored (CMYK,
 * Lab) comes as RGB of 16 bits, and goes back when it is written.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT` (another kind of file or of picture), `DECODE_FAILED` (damaged, cut off, empty)
 */
export async function decodePhoto(path: string): Promise<Photo> {
  const file = await open(systemPath(path), 'r');
  try {
    const source = await bytesOfFile(file);
    if (source.sizeBytes === 0) throw new BridgeError('DECODE_FAILED', 'the file is empty (0 bytes)');
    const reader = sniffFormat(await source.read(0, SNIFF_BYTES), path);
    return await photoOf(await reader.read({ path, source }));
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
  const stored = { ...(wanted && { stored: wanted }), ...(alpha && { alpha }) };
  if (!isConverted) {
    const facts = { ...read.facts, isGray: model === 'gray', isFloat: format === 'float32' };
    const space = photoColorSpace(container.metadata, facts);
    const channels = imageChannels(picture);
    return {
      ...container,
      ...stored,
      image: {
        width,
        height,
        channels,
        format,
        colorSpace: space.colorSpace,
        pixels: picture.pixels,
        rowStride: width * channels,
      },
      colorSpaceName: space.name,
      ...(space.isImplied && { isSpaceImplied: true }),
      warnings: [...container.warnings, ...(space.warning ? [space.warning] : [])],
    };
  }
  const { pixels, warning } = await toWorkingRgb(picture, container.metadata.icc);
  const channels = picture.hasAlpha ? 4 : 3;
  return {
    ...container,
    ...stored,
    image: {
      width,
      height,
      channels,
      format: 'uint16',
      colorSpace: WORKING_SPACE,
      pixels,
      rowStride: width * channels,
    },
    colorSpaceName: model === 'cmyk' ? 'CMYK' : 'Lab',
    warnings: [...container.warnings, ...(warning === undefined ? [] : [warning])],
  };
}
