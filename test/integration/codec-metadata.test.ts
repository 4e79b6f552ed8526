import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { encodePhoto } from '@evenlight/bridge/src/codec/encode-photo.ts';
import type { Photo, PhotoFormat } from '@evenlight/bridge/src/codec/photo.ts';
import { exifEntries } from '@evenlight/bridge/src/codec/exif.ts';
import { adobeRgbProfile, tableProfile } from '../fixtures/icc-profile.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';

const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>';

/** What sharp itself writes with every kind of metadata. */
type TaggedFormat = 'jpeg' | 'png' | 'webp' | 'tiff';

/** A file of sharp's own making with everything that a photograph carries. */
async function taggedFile(folder: string, format: TaggedFormat, orientation = 6): Promise<string> {
  const picture = madePicture(24, 16, 3);
  const profilePath = join(folder, 'profile.icc');
  await writeFile(profilePath, adobeRgbProfile());
  const path = join(folder, `tagged.${format}`);
  const { width, height, channels, pixels } = picture;
  const pipeline = sharp(pixels, { raw: { width, height, channels } })
    .withMetadata({ orientation, density: 240 })
    .withIccProfile(profilePath, { attach: true })
    .withExif({ IFD0: { Copyright: 'A. Photographer', Make: 'Camera' }, IFD2: { LensModel: 'A lens 50mm' } })
    .withXmp(XMP);
  const options = { jpeg: { quality: 95 }, png: {}, webp: { lossless: true }, tiff: { compression: 'lzw' } }[format];
  await pipeline.toFormat(format, options).toFile(path);
  return path;
}

async function written(photo: Photo, path: string, format: PhotoFormat | 'keep' = 'keep'): Promise<string> {
  await (await encodePhoto(photo, format)).writeTo(path);
  return path;
}

/** The value of a text tag of an EXIF block, also inside the EXIF directory. */
async function exifText({ metadata }: Photo, tag: number): Promise<string | undefined> {
  const entries = await exifEntries(metadata.exif);
  const all = [...entries, ...entries.flatMap(({ directory }) => directory ?? [])];
  const value = all.find((entry) => entry.tag === tag)?.value;
  return value === undefined ? undefined : Buffer.from(value).toString('latin1').replace(/\0.*$/, '');
}

const COPYRIGHT = 33432;
const LENS_MODEL = 42036;

describe('metadata', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('of %s goes back byte for byte', async (format) => {
    const folder = await temporaryFolder();
    const before = await decodePhoto(await taggedFile(folder, format));

    const after = await decodePhoto(await written(before, join(folder, 'again')));

    expect(before.metadata.icc).toBeDefined();
    expect(await exifText(before, COPYRIGHT)).toBe('A. Photographer');
    expect(before.metadata.orientation).toBe(6);
    expect(after.metadata).toEqual(before.metadata);
  });

  const pairs = (['jpeg', 'png', 'webp'] as const).flatMap((from) =>
    (['jpeg', 'png', 'webp', 'tiff'] as const).filter((to) => to !== from).map((to) => [from, to] as const),
  );
  it.each(pairs)('goes from %s to %s: profile, EXIF, XMP, orientation', async (from, to) => {
    const folder = await temporaryFolder();
    const before = await decodePhoto(await taggedFile(folder, from));

    const path = await written(before, join(folder, `other.${to}`), to);
    const after = await decodePhoto(path);

    expect(after.metadata.icc).toEqual(before.metadata.icc);
    expect(await exifText(after, COPYRIGHT)).toBe('A. Photographer');
    expect(await exifText(after, LENS_MODEL)).toBe('A lens 50mm');
    expect(after.metadata.xmp).toEqual(before.metadata.xmp);
    expect(after.metadata.orientation).toBe(6);
    expect(after.warnings).toEqual([]);
    const seen = await sharp(path).metadata();
    expect({ orientation: seen.orientation, icc: seen.icc, format: seen.format }).toEqual({
      orientation: 6,
      icc: Buffer.from(adobeRgbProfile()),
      format: to,
    });
  });

  it('of a TIFF comes back tag by tag: resolution, EXIF and private tags, but nothing about the old strips', async () => {
    const folder = await temporaryFolder();
    const first = await decodePhoto(await taggedFile(folder, 'jpeg', 8));
    const tiff = await decodePhoto(await written(first, join(folder, 'first.tif'), 'tiff'));

    const path = await written(tiff, join(folder, 'second.tif'));
    const again = await decodePhoto(path);

    expect(again.metadata).toEqual(tiff.metadata);
    expect(again.metadata.orientation).toBe(8);
    const { density, orientation, width, height } = await sharp(path).metadata();
    expect({ density, orientation, width, height }).toEqual({ density: 240, orientation: 8, width: 24, height: 16 });
  });

  it.each(['png', 'tiff', 'jpeg'] as const)('resolution of %s is kept', async (format) => {
    const folder = await temporaryFolder();
    const path = await taggedFile(folder, format);
    const again = await written(await decodePhoto(path), join(folder, 'again'));
    expect((await sharp(again).metadata()).density).toBe((await sharp(path).metadata()).density);
    expect((await sharp(again).metadata()).density).toBe(240);
  });

  it.each([1, 3, 6, 8])('keeps orientation %i and leaves the pixels as stored', async (orientation) => {
    const folder = await temporaryFolder();
    const before = await decodePhoto(await taggedFile(folder, 'png', orientation));
    const after = await decodePhoto(await written(before, join(folder, 'again.png')));
    expect([after.image.width, after.image.height]).toEqual([24, 16]);
    expect(after.metadata.orientation).toBe(orientation);
    expect(Buffer.compare(after.image.pixels as Uint8Array, before.image.pixels as Uint8Array)).toBe(0);
  });

  it('without any, nothing is made up', async () => {
    const folder = await temporaryFolder();
    for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
      const plain = join(folder, `plain.${format}`);
      await writePicture(plain, madePicture(8, 8, 3), format, format === 'tiff' ? { compression: 'lzw' } : {});
      const photo = await decodePhoto(await written(await decodePhoto(plain), join(folder, `again.${format}`)));
      expect([photo.metadata.icc, photo.metadata.xmp]).toEqual([undefined, undefined]);
      expect(photo.colorSpaceName).toMatch(/^sRGB.* \(no profile\)$/);
    }
  });

  it('a profile made of tables is kept, its values are taken for sRGB, and the summary says so', async () => {
    const folder = await temporaryFolder();
    const seed = await decodePhoto(
      await writePicture(join(folder, 'seed.jpg'), madePicture(8, 8, 3), 'jpeg', { quality: 95 }),
    );
    const icc = tableProfile();
    const path = await written({ ...seed, metadata: { ...seed.metadata, icc } }, join(folder, 'table.png'), 'png');

    const photo = await decodePhoto(path);

    expect(Buffer.from(photo.metadata.icc ?? [])).toEqual(Buffer.from(icc));
    expect(photo.warnings).toEqual([expect.stringMatching(/profile cannot be computed with .* taken for sRGB/)]);
  });
});

describe('the example photograph with a profile of its own', () => {
  it('is read in Adobe RGB and keeps the profile', async () => {
    const path = join(import.meta.dirname, '../fixtures/images/rocket.jpg');
    const folder = await temporaryFolder();
    const photo = await decodePhoto(path);
    const again = await written(photo, join(folder, 'rocket.jpg'));
    expect(photo.colorSpaceName).toMatch(/Adobe RGB/);
    expect((await sharp(again).metadata()).icc).toEqual((await sharp(path).metadata()).icc);
    expect((await readFile(again)).length).toBeGreaterThan(50_000);
  });
});
