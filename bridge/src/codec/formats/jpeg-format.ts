import { BridgeError } from '../../errors.ts';
import { embedInJpeg, readJpegContainer } from '../jpeg-container.ts';
import type { Compression } from '../photo.ts';
import type { PhotoReader, PhotoWriter, DecodedFile } from '../photo-codec.ts';
import { readWithSharp } from '../sharp-pixels.ts';
import { sharpOf } from '../sharp-input.ts';
import { writeParts } from './write-parts.ts';

/** A second compression below this adds visible damage where shadows have been lifted. */
const MIN_JPEG_QUALITY = 85;
const DEFAULT = { quality: 95, subsampling: '4:4:4', progressive: false } as const;

const EXTENSIONS = ['.jpg', '.jpeg', '.jpe', '.jfif'] as const;

export const jpegReader: PhotoReader = {
  format: 'jpeg',
  name: 'JPEG',
  extensions: EXTENSIONS,
  writtenAs: 'jpeg',
  // Stray bytes may stand where the first segment should begin.
  recognises: (start, extension) =>
    start.startsWith('\xff\xd8\xff') || (start.startsWith('\xff\xd8') && EXTENSIONS.some((own) => own === extension)),
  async read({ path, source }): Promise<DecodedFile> {
    const container = await readJpegContainer(source);
    if (container.precisionBits !== 8) {
      const what = `a JPEG with ${container.precisionBits} bits a sample, 8 are supported`;
      throw new BridgeError('UNSUPPORTED_FORMAT', what);
    }
    const { picture, warnings } = await readWithSharp(path, 'jpeg');
    return { container: { ...container, warnings: [...container.warnings, ...warnings] }, picture };
  },
};

export const jpegWriter: PhotoWriter = {
  format: 'jpeg',
  depths: ['uint8'],
  models: ['gray', 'rgb', 'cmyk'],
  hasAlpha: false,
  longestSide: 65_535,
  async write({ picture, metadata, compression, quality: asked }, warnings) {
    const { quality, subsampling, progressive } = compressionOf(compression);
    const encoded = await sharpOf(picture)
      .jpeg({ quality: asked ?? Math.max(MIN_JPEG_QUALITY, quality), chromaSubsampling: subsampling, progressive })
      .toBuffer();
    const parts = await embedInJpeg(encoded, metadata, warnings);
    return (path) => writeParts(path, parts);
  },
};

function compressionOf(compression: Compression): Omit<Extract<Compression, { format: 'jpeg' }>, 'format'> {
  return compression.format === 'jpeg' ? compression : DEFAULT;
}
