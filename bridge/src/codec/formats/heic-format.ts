import type { Metadata } from 'sharp';
import { decodeHeif } from '../heif-decoder.ts';
import { readHeifContainer } from '../heif-metadata.ts';
import { sharp } from '../libvips.ts';
import type { PhotoReader, DecodedFile } from '../photo-codec.ts';

export const heicReader: PhotoReader = {
  format: 'heic',
  name: 'HEIC',
  extensions: ['.heic', '.heif', '.hif'],
  writtenAs: 'jpeg',
  recognises: (start) => /^.{4}ftyp(hei[cxms]|hev[cx]|mif1|msf1)/s.test(start),
  async read({ path, source }): Promise<DecodedFile> {
    const header = await headerOf(path);
    const picture = await decodeHeif(await source.read(0, source.sizeBytes), header.bitsPerSample ?? 8);
    const { width, height } = picture;
    return { picture, ...(await readHeifContainer(source, header, { format: 'heic', width, height })) };
  },
};

/** libvips can read the metadata, though not the pixels. */
async function headerOf(path: string): Promise<Partial<Pick<Metadata, 'icc' | 'exif' | 'xmp' | 'bitsPerSample'>>> {
  try {
    return await sharp(path).metadata();
  } catch {
    return {}; // the decoder says what is wrong
  }
}
