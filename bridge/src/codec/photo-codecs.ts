import { avifReader, avifWriter } from './formats/avif-format.ts';
import { heicReader } from './formats/heic-format.ts';
import { jpegReader, jpegWriter } from './formats/jpeg-format.ts';
import { jxlReader } from './formats/jxl-format.ts';
import { pngReader, pngWriter } from './formats/png-format.ts';
import { psdReader, psdWriter } from './formats/psd-format.ts';
import { rawReader } from './formats/raw-format.ts';
import { tiffReader, tiffWriter } from './formats/tiff-format.ts';
import { webpReader, webpWriter } from './formats/webp-format.ts';
import type { PhotoFormat, SourceFormat } from './photo.ts';
import type { PhotoReader, PhotoWriter } from './photo-codec.ts';

/** Every format that is read, the more particular ones first: camera raw files begin like TIFF. */
export const PHOTO_READERS: readonly PhotoReader[] = [
  rawReader,
  jpegReader,
  pngReader,
  webpReader,
  avifReader,
  heicReader,
  jxlReader,
  psdReader,
  tiffReader,
];

const WRITERS: readonly PhotoWriter[] = [jpegWriter, pngWriter, tiffWriter, webpWriter, avifWriter, psdWriter];

export function readerOf(format: SourceFormat): PhotoReader {
  const reader = PHOTO_READERS.find((candidate) => candidate.format === format);
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return reader;
}

export function writerOf(format: PhotoFormat): PhotoWriter {
  const writer = WRITERS.find((candidate) => candidate.format === format);
  if (writer === undefined) throw new Error(`no writer for ${format}`);
  return writer;
}

/** What a photograph is written in: the format asked for, its own, or the one chosen for formats that cannot be written. */
export function resultFormat(source: SourceFormat, asked: PhotoFormat | 'keep'): PhotoFormat {
  return asked === 'keep' ? readerOf(source).writtenAs : asked;
}
