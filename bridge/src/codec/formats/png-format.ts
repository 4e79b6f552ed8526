import { BridgeError } from '../../errors.ts';
import type { PhotoReader, PhotoWriter, DecodedFile } from '../photo-codec.ts';
import { embedInPng, readPngContainer } from '../png-container.ts';
import { checkPng } from '../png-damage.ts';
import { sharpOf } from '../sharp-input.ts';
import { readWithSharp } from '../sharp-pixels.ts';
import { writeParts } from './write-parts.ts';

export const pngReader: PhotoReader = {
  format: 'png',
  name: 'PNG',
  extensions: ['.png'],
  writtenAs: 'png',
  recognises: (start) => start.startsWith('\x89PNG\r\n\x1a\n'),
  async read({ path, source }): Promise<DecodedFile> {
    await checkPng(source);
    const container = await readPngContainer(source);
    if (container.animated) {
      throw new BridgeError('UNSUPPORTED_FORMAT', 'an animated PNG: save the picture you want as a file of its own');
    }
    const { picture, warnings } = await readWithSharp(path, 'png');
    return {
      container: { ...container, warnings: [...container.warnings, ...warnings] },
      picture,
      ...(container.colour && { facts: { colour: container.colour } }),
    };
  },
};

export const pngWriter: PhotoWriter = {
  format: 'png',
  depths: ['uint8', 'uint16'],
  models: ['gray', 'rgb'],
  hasAlpha: true,
  longestSide: 0x7fff_ffff,
  async write({ picture, metadata }) {
    const encoded = await sharpOf(picture)
      .png({ compressionLevel: 6, adaptiveFiltering: true, palette: false })
      .toBuffer();
    const parts = await embedInPng(encoded, metadata);
    return (path) => writeParts(path, parts);
  },
};
