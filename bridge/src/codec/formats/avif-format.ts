import { concatenate } from '@evenlight/models';
import { readHeifContainer } from '../heif-metadata.ts';
import { MAX_PHOTO_PIXELS, sharp } from '../libvips.ts';
import type { PhotoReader, PhotoWriter, DecodedFile } from '../photo-codec.ts';
import { embedInPng } from '../png-container.ts';
import { replaceExif } from '../replace-exif.ts';
import { sharpOf } from '../sharp-input.ts';
import { readWithSharp } from '../sharp-pixels.ts';
import { writeParts } from './write-parts.ts';

/** Nearly indistinguishable from the original; on libaom's scale. */
const QUALITY = 80;

export const avifReader: PhotoReader = {
  format: 'avif',
  name: 'AVIF',
  extensions: ['.avif'],
  writtenAs: 'avif',
  recognises: (start) => /^.{4}ftypavi[fs]/s.test(start),
  async read({ path, source }): Promise<DecodedFile> {
    const { picture, header, warnings } = await readWithSharp(path, 'avif');
    const { container, facts } = await readHeifContainer(source, header, {
      format: 'avif',
      width: picture.width,
      height: picture.height,
    });
    return { container: { ...container, warnings }, picture, facts };
  },
};

export const avifWriter: PhotoWriter = {
  format: 'avif',
  depths: ['uint8', 'uint16'],
  models: ['gray', 'rgb'],
  hasAlpha: true,
  longestSide: 16_384,
  async write({ picture, metadata, quality }, warnings) {
    if (metadata.photoshop !== undefined) warnings.push('avif has no place for the IPTC record: it is left out');
    // libvips writes the metadata of its input: an uncompressed PNG holds pixels and metadata byte for byte.
    const plain = await sharpOf(picture).png({ compressionLevel: 0 }).toBuffer();
    const { photoshop: _none, ...rest } = metadata;
    const png = concatenate(await embedInPng(plain, { ...rest, native: { format: 'none' } }));
    const encoded = await sharp(png, { ignoreIcc: true, limitInputPixels: MAX_PHOTO_PIXELS })
      .toColourspace(picture.format === 'uint8' ? 'srgb' : 'rgb16')
      .keepMetadata()
      .avif({
        quality: quality ?? QUALITY,
        chromaSubsampling: '4:4:4',
        effort: 3,
        bitdepth: picture.format === 'uint8' ? 8 : 12,
      })
      .toBuffer();
    const whole = metadata.exif === undefined ? encoded : replaceExif(encoded, metadata.exif);
    return (path) => writeParts(path, [whole]);
  },
};
