import { BridgeError } from '../../errors.ts';
import type { PhotoMetadata } from '../photo.ts';
import type { PhotoReader, PhotoWriter, DecodedFile } from '../photo-codec.ts';
import { sharpOf } from '../sharp-input.ts';
import { readWithSharp } from '../sharp-pixels.ts';
import type { StoredPicture } from '../stored-picture.ts';
import { embedInWebp, readWebpContainer } from '../webp-container.ts';
import { writeParts } from './write-parts.ts';

const QUALITY = 92;

export const webpReader: PhotoReader = {
  format: 'webp',
  name: 'WebP',
  extensions: ['.webp'],
  writtenAs: 'webp',
  recognises: (start) => start.startsWith('RIFF') && start.startsWith('WEBP', 8),
  async read({ path, source }): Promise<DecodedFile> {
    const container = await readWebpContainer(source);
    if (container.animated) {
      throw new BridgeError('UNSUPPORTED_FORMAT', 'an animated WebP: save the picture you want as a file of its own');
    }
    const { picture, warnings } = await readWithSharp(path, 'webp');
    return { container: { ...container, warnings: [...container.warnings, ...warnings] }, picture };
  },
};

export const webpWriter: PhotoWriter = {
  format: 'webp',
  depths: ['uint8'],
  models: ['gray', 'rgb'],
  hasAlpha: true,
  longestSide: 16_383,
  async write({ picture, metadata, compression, quality }, warnings) {
    const keepsAll = compression.format === 'webp' ? compression.lossless : compression.format !== 'jpeg';
    const isLossless = quality === undefined && keepsAll;
    const pipeline = sharpOf(picture);
    const encoded = await (
      isLossless
        ? pipeline.webp({ lossless: true, exact: true })
        : pipeline.webp({ quality: quality ?? QUALITY, smartSubsample: true, exact: true })
    ).toBuffer();
    const { width, height, hasAlpha } = picture;
    const parts = await embedInWebp(encoded, withoutGrayProfile(picture, metadata, warnings), {
      width,
      height,
      hasAlpha,
      warnings,
    });
    return (path) => writeParts(path, parts);
  },
};

/** WebP stores gray as RGB, for which a gray profile has no meaning. */
function withoutGrayProfile({ model }: StoredPicture, metadata: PhotoMetadata, warnings: string[]): PhotoMetadata {
  if (model !== 'gray' || metadata.icc === undefined) return metadata;
  warnings.push('webp stores gray as RGB: the gray profile is left out');
  const { icc: _icc, ...rest } = metadata;
  return rest;
}
