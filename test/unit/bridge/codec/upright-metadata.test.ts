import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import {
  longEntry,
  numberOf,
  readTiff,
  shortEntry,
  writeExifBlock,
} from '@evenlight/bridge/src/codec/tiff-directory.ts';
import { uprightMetadata } from '@evenlight/bridge/src/codec/upright-metadata.ts';

const [ORIENTATION, EXIF, WIDTH, HEIGHT] = [274, 34665, 40962, 40963];

function block(width: number, height: number): Uint8Array {
  const directory = [shortEntry(WIDTH, [width]), longEntry(HEIGHT, [height])];
  return writeExifBlock([
    shortEntry(ORIENTATION, [6]),
    { tag: EXIF, type: 4, count: 1, value: new Uint8Array(4), directory },
  ]);
}

async function sizeIn(exif: Uint8Array): Promise<unknown> {
  const entries = (await readTiff(bytesOf(exif))).directories[0] ?? [];
  const inner = entries.find(({ tag }) => tag === EXIF)?.directory ?? [];
  return [numberOf(entries, ORIENTATION), numberOf(inner, WIDTH), numberOf(inner, HEIGHT)];
}

describe('metadata of a picture that was turned upright', () => {
  it('say "upright" and the size that it has now', async () => {
    const { exif } = uprightMetadata({ exif: block(60, 40) }, { width: 40, height: 60 });
    expect(await sizeIn(exif)).toEqual([1, 40, 60]);
  });

  it('keep a size that is not that of the picture before turning', async () => {
    const { exif } = uprightMetadata({ exif: block(6000, 4000) }, { width: 40, height: 60 });
    expect(await sizeIn(exif)).toEqual([1, 6000, 4000]);
  });

  it.each([
    [
      'tiff:Orientation="6" exif:PixelXDimension="60" exif:PixelYDimension="40" tiff:ImageWidth="61" a="ü"',
      'tiff:Orientation="1" exif:PixelXDimension="40" exif:PixelYDimension="60" tiff:ImageWidth="61" a="ü"',
    ],
    [
      '<tiff:Orientation>8</tiff:Orientation><tiff:ImageWidth>60</tiff:ImageWidth><tiff:ImageLength>40</tiff:ImageLength>',
      '<tiff:Orientation>1</tiff:Orientation><tiff:ImageWidth>40</tiff:ImageWidth><tiff:ImageLength>60</tiff:ImageLength>',
    ],
  ])('change XMP the same way: %s', (before, after) => {
    const { xmp } = uprightMetadata({ xmp: new TextEncoder().encode(before) }, { width: 40, height: 60 });
    expect(new TextDecoder().decode(xmp)).toBe(after);
  });

  it('stay as they are where they are no EXIF', () => {
    const exif = Uint8Array.of(0x49, 0x49, 42, 0, 255, 255, 255, 255, 1, 2, 3, 4, 5, 6, 7);
    expect(uprightMetadata({ exif }, { width: 4, height: 6 }).exif).toEqual(exif);
  });
});
