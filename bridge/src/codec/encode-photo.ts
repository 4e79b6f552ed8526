import { BridgeError } from '../errors.ts';
import { writeTiffPictures } from './formats/tiff-format.ts';
import { fitPicture } from './fit-picture.ts';
import { metadataForOtherFormat } from './format-change.ts';
import type { Photo, PhotoFormat, PhotoMetadata } from './photo.ts';
import { readerOf, resultFormat, writerOf } from './photo-codecs.ts';
import type { PhotoWriter, WrittenPicture } from './photo-codec.ts';
import { reasonOf } from './sharp-pixels.ts';

/*
 * Writes a photograph: bare pixels are compressed without any profile and therefore without conversion; profile and metadata
 * are then put into the container byte for byte. (sharp's withIccProfile converts the pixels, its EXIF goes through
 * libexif, which drops what it does not know, and its TIFF default is JPEG compression.)
 */

export interface EncodedPhoto {
  readonly format: PhotoFormat;
  /** One sentence for each thing that the written file does not hold. */
  readonly warnings: readonly string[];
  /**
   * Writes the file. The caller makes sure that it appears completely or not at all.
   *
   * @param path of a file that does not exist
   * @throws BridgeError `ENCODE_FAILED`, and what node:fs throws
   */
  writeTo(path: string): Promise<void>;
}

/**
 * Compresses a photograph. TIFF is compressed while it is written, because its result may be as large as the pixels, which would
 * then be in memory twice.
 *
 * @param format `keep`: the photograph's own format, or its substitute if that cannot be written
 * @param quality 1..100, for lossy formats; default: about the quality of the original
 * @throws BridgeError `UNSUPPORTED_FORMAT` when the format cannot hold the photograph, `ENCODE_FAILED`
 */
export async function encodePhoto(
  photo: Photo,
  format: PhotoFormat | 'keep' = 'keep',
  quality?: number,
): Promise<EncodedPhoto> {
  const source = photo.compression.format;
  const target = resultFormat(source, format);
  const warnings: string[] = [];
  if (format === 'keep' && target !== source)
    warnings.push(`${readerOf(source).name} cannot be written: written as ${target}`);
  const written = await pictureFor(photo, target, warnings);
  try {
    const wish = quality === undefined ? written : { ...written, quality };
    const write = await writerOf(target).write(wish, warnings);
    return { format: target, warnings, writeTo: (path) => writing(target, write(path)) };
  } catch (error) {
    throw encodeError(target, error);
  }
}

/**
 * Writes photographs as the pages of one TIFF file. Each is asked for when the one before it has been written.
 *
 * @param path of a file that does not exist
 * @param onLosses gets, for each page, the sentences about what the file does not hold
 * @throws as {@link encodePhoto} and {@link EncodedPhoto.writeTo}
 */
export function writePages(
  path: string,
  photos: AsyncIterable<Photo>,
  onLosses: (losses: readonly string[]) => void,
): Promise<void> {
  async function* pictures(): AsyncGenerator<WrittenPicture> {
    for await (const photo of photos) {
      const warnings: string[] = [];
      const picture = await pictureFor(photo, 'tiff', warnings);
      onLosses(warnings);
      yield picture;
    }
  }
  return writing('tiff', writeTiffPictures(path, pictures()));
}

async function pictureFor(photo: Photo, target: PhotoFormat, warnings: string[]): Promise<WrittenPicture> {
  const writer = writerOf(target);
  checkSides(photo, writer);
  warnings.push(...photo.losses);
  const { picture, icc } = await fitPicture(photo, writer, warnings);
  const { metadata: own, compression, alpha } = photo;
  const carried = target === compression.format ? own : metadataForOtherFormat(own, target, warnings);
  const metadata: PhotoMetadata = icc === undefined ? carried : { ...carried, icc };
  return { picture, metadata, compression, ...(alpha && { alpha }) };
}

async function writing(target: PhotoFormat, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    // Errors of the system have codes of their own.
    throw error instanceof Error && 'code' in error ? error : encodeError(target, error);
  }
}

function checkSides({ image: { width, height } }: Photo, { format, longestSide }: PhotoWriter): void {
  if (Math.max(width, height) <= longestSide) return;
  const what = `${width}×${height} pixels do not fit into ${format}, whose sides have at most ${longestSide}`;
  throw new BridgeError('UNSUPPORTED_FORMAT', what);
}

function encodeError(format: PhotoFormat, error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  return new BridgeError('ENCODE_FAILED', `cannot be written as ${format}: ${reasonOf(error)}`, { cause: error });
}
