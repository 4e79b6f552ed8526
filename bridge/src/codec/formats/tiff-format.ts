import { open } from 'node:fs/promises';
import { systemPath } from '@evenlight/runtime';
import type { DecodedFile, PhotoReader, PhotoWriter, WrittenPicture } from '../photo-codec.ts';
import { channelCount } from '../stored-picture.ts';
import { countTiffPages, readTiffContainer, tiffEntries } from '../tiff-container.ts';
import { readTiffPixels } from '../tiff/read-pixels.ts';
import { multiplyByAlpha } from '../tiff/associated-alpha.ts';
import type { TiffPage } from '../tiff/tiff-page.ts';
import { TiffWriter } from '../tiff/write-tiff.ts';

export const tiffReader: PhotoReader = {
  format: 'tiff',
  name: 'TIFF',
  extensions: ['.tif', '.tiff'],
  writtenAs: 'tiff',
  recognises: (start) => /^(II[*+]\0|MM\0[*+])/.test(start),
  countPages: countTiffPages,
  async read({ source, page }): Promise<DecodedFile> {
    const { layout, ...container } = await readTiffContainer(source, page);
    const picture = await readTiffPixels(source, layout);
    return { container, picture, ...(layout.alpha && { alpha: layout.alpha }) };
  },
};

export const tiffWriter: PhotoWriter = {
  format: 'tiff',
  depths: ['uint8', 'uint16', 'float32'],
  models: ['gray', 'rgb', 'cmyk', 'lab'],
  hasAlpha: true,
  longestSide: 0xffff_ffff,
  async write(written) {
    const page = await pageOf(written);
    return (path) => writeTiffPages(path, [page]);
  },
};

/**
 * Writes a file of several pages, each of which is asked for when the one before it has been written.
 *
 * @throws RangeError when the file would be larger than 4 GiB
 */
export async function writeTiffPictures(path: string, pictures: AsyncIterable<WrittenPicture>): Promise<void> {
  await writeTiffPages(path, pagesOf(pictures));
}

async function* pagesOf(pictures: AsyncIterable<WrittenPicture>): AsyncGenerator<TiffPage> {
  for await (const picture of pictures) yield pageOf(picture);
}

async function writeTiffPages(path: string, pages: Iterable<TiffPage> | AsyncIterable<TiffPage>): Promise<void> {
  const file = await open(systemPath(path), 'wx');
  try {
    const writer = new TiffWriter(file);
    for await (const page of pages) await writer.addPage(page);
  } finally {
    await file.close();
  }
}

async function pageOf({ picture, alpha = 'unassociated', metadata, compression }: WrittenPicture): Promise<TiffPage> {
  const entries = await tiffEntries(metadata);
  const method = compression.format === 'tiff' ? compression.method : 'deflate';
  const rowSamples = picture.width * channelCount(picture);
  const rows = (first: number, count: number): typeof picture.pixels => {
    const samples = picture.pixels.subarray(first * rowSamples, (first + count) * rowSamples);
    return picture.hasAlpha && alpha === 'associated' ? multiplyByAlpha(samples, channelCount(picture)) : samples;
  };
  return { ...picture, alpha, method, entries, rows };
}
