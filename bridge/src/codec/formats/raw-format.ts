import { bytesOf } from '../byte-source.ts';
import { colorSpaces, linearColorSpace } from '@evenlight/models';
import { developRaw } from '../raw/develop-raw.ts';
import { rawMetadata } from '../raw/raw-metadata.ts';
import type { PhotoReader, DecodedFile } from '../photo-codec.ts';
import type { StoredPicture } from '../stored-picture.ts';
import { readTiffContainer } from '../tiff-container.ts';
import { readTiffPixels } from '../tiff/read-pixels.ts';

/** Endings of cameras' raw files, most of which begin like a TIFF. */
const EXTENSIONS = [
  ...['.dng', '.3fr', '.arw', '.cr2', '.cr3', '.crw', '.erf', '.fff', '.iiq', '.kdc', '.mef', '.mos', '.mrw', '.nef'],
  ...['.nrw', '.orf', '.pef', '.raf', '.raw', '.rw2', '.rwl', '.sr2', '.srf', '.srw', '.x3f'],
] as const;
const STARTS = /^(II\*\0.{4}CR|FUJIFILM|IIU\0|IIRO|MMOR|.{4}ftypcrx |FOVb)/s;

const NO_METADATA = 'the metadata of a raw file of this kind cannot be read and are not in the fixed one';
/** The space of developed raw files: ProPhoto's primaries, linear. */
const LINEAR = linearColorSpace(colorSpaces.proPhoto);

export const rawReader: PhotoReader = {
  format: 'raw',
  name: 'camera raw',
  extensions: ['.dng', ...EXTENSIONS],
  writtenAs: 'tiff',
  recognises: (start, extension) =>
    STARTS.test(start) || (EXTENSIONS.some((known) => known === extension) && !start.startsWith('\xff\xd8\xff')),
  async read({ path, source }): Promise<DecodedFile> {
    const metadata = await rawMetadata(source);
    const isTurned = metadata.exif !== undefined;
    const { tiff, scale } = await developRaw(path, { keepsOrientation: isTurned });
    const developed = bytesOf(tiff);
    const { layout } = await readTiffContainer(developed);
    const picture = lightOf(await readTiffPixels(developed, layout), scale);
    return {
      picture,
      facts: { colour: { kind: 'space', space: LINEAR, name: `camera raw, ${LINEAR.name}` } },
      stored: { model: 'rgb', format: 'uint16' },
      container: { metadata, compression: { format: 'raw' }, warnings: [], losses: isTurned ? [] : [NO_METADATA] },
    };
  },
};

/** Linear light in floats. The first channel clips at 1; what the other channels still have beyond that is above 1. */
function lightOf(picture: StoredPicture, scale: number): StoredPicture {
  const pixels = Float32Array.from(picture.pixels, (code) => (code / 65_535) * scale);
  return { ...picture, format: 'float32', pixels };
}
