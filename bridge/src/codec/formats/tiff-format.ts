import { open } from 'node:fs/promises';
import { systemPath } from '@evenlight/runtime';
import type { PhotoReader, PhotoWriter, DecodedFile } from '../photo-codec.ts';
import { channelCount } from '../stored-picture.ts';
import { readTiffContainer, tiffEntries } from '../tiff-container.ts';
import { readTiffPixels } from '../tiff/read-pixels.ts';
import { multiplyByAlpha } from '../tiff/associated-alpha.ts';
import { TiffWriter } from '../tiff/write-tiff.ts';

export const tiffReader: PhotoReader = {
  format: 'tiff',
  name: 'TIFF',
  extensions: ['.tif', '.tiff'],
  writtenAs: 'tiff',
  recognises: (start) => /^(II[*+]\0|MM\0[*+])/.test(start),
  async read({ source }): Promise<DecodedFile> {
    const { layout, ...container } = await readTiffContainer(source);
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
  async write({ picture, alpha = 'unassociated', metadata, compression }) {
    const entries = await tiffEntries(metadata);
    const method = compression.format === 'tiff' ? compression.method : 'deflate';
    const rowSamples = picture.width * channelCount(picture);
    const rows = (first: number, count: number): typeof picture.pixels => {
      const samples = picture.pixels.subarray(first * rowSamples, (first + count) * rowSamples);
      return picture.hasAlpha && alpha === 'associated' ? multiplyByAlpha(samples, channelCount(picture)) : samples;
    };
    return async (path) => {
      const file = await open(systemPath(path), 'wx');
      try {
        await new TiffWriter(file).addPage({ ...picture, alpha, method, entries, rows });
      } finally {
        await file.close();
      }
    };
  },
};
