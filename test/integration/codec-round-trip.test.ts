import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { encodePhoto } from '@evenlight/bridge/src/codec/encode-photo.ts';
import { type Photo, PHOTO_FORMATS, type PhotoFormat } from '@evenlight/bridge/src/codec/photo.ts';
import { extensionOf, formatOfName } from '@evenlight/bridge/src/codec/sniff-format.ts';
import { adobeRgbProfile, grayProfile } from '../fixtures/icc-profile.ts';
import { type MadePicture, madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';

const LOSSLESS: readonly (readonly ['png' | 'tiff' | 'webp', object])[] = [
  ['png', {}],
  ['tiff', { compression: 'deflate' }],
  ['tiff', { compression: 'lzw' }],
  ['tiff', { compression: 'none' }],
  ['tiff', { compression: 'packbits' }],
];

/** Writes a photograph to a file of a folder and reads it again. */
async function written(photo: Photo, folder: string, format: PhotoFormat | 'keep' = 'keep'): Promise<Photo> {
  const path = join(folder, `written-${Math.random()}.bin`);
  const encoded = await encodePhoto(photo, format);
  await encoded.writeTo(path);
  return decodePhoto(path);
}

function samePixels({ image }: Photo, pixels: MadePicture['pixels']): boolean {
  const isSameKind = image.pixels.constructor === pixels.constructor;
  return isSameKind && Buffer.compare(bytesOf(image.pixels), bytesOf(pixels)) === 0;
}

function bytesOf(array: ArrayBufferView): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function withProfile(photo: Photo, icc: Uint8Array): Photo {
  const { native } = photo.metadata;
  const entry = { tag: 34675, type: 7, count: icc.length, value: icc };
  return {
    ...photo,
    metadata: {
      ...photo.metadata,
      icc,
      native: native.format === 'tiff' ? { format: 'tiff', entries: [entry] } : native,
    },
  };
}

describe('decodePhoto and encodePhoto', () => {
  const pictures: MadePicture[] = [1, 2, 3, 4].flatMap((channels) => [
    madePicture(37, 23, channels as 1 | 2 | 3 | 4, 'uint8'),
    madePicture(37, 23, channels as 1 | 2 | 3 | 4, 'uint16'),
  ]);
  for (const picture of pictures) {
    const bits = picture.pixels.BYTES_PER_ELEMENT * 8;
    for (const [format, options] of LOSSLESS) {
      const name = `${picture.channels} channels of ${bits} bits in ${format} ${JSON.stringify(options)}`;
      it(`read and write ${name} without changing a bit`, async () => {
        const folder = await temporaryFolder();
        const path = await writePicture(join(folder, 'picture'), picture, format, options);

        const photo = await decodePhoto(path);
        const again = await written(photo, folder);

        expect(samePixels(photo, picture.pixels)).toBe(true);
        expect(samePixels(again, picture.pixels)).toBe(true);
        expect(again.image.channels).toBe(picture.channels);
        expect([...photo.warnings, ...again.warnings]).toEqual([]);
        expect(again.compression).toEqual(photo.compression);
      });
    }
  }

  it.each([3, 4] as const)('read and write %i channels in lossless WebP without changing a bit', async (channels) => {
    const folder = await temporaryFolder();
    const picture = madePicture(37, 23, channels);
    const path = await writePicture(join(folder, 'picture.webp'), picture, 'webp', { lossless: true, exact: true });

    const photo = await decodePhoto(path);
    const again = await written(photo, folder);

    expect(samePixels(photo, picture.pixels)).toBe(true);
    expect(samePixels(again, picture.pixels)).toBe(true);
    expect(again.compression).toEqual({ format: 'webp', lossless: true });
  });

  it.each([1, 3, 4] as const)('keep 32-bit float TIFF of %i channels, also beyond 0 and 1', async (channels) => {
    const folder = await temporaryFolder();
    const { pixels } = madePicture(19, 11, channels, 'float32');
    pixels[0] = -0.25;
    pixels[1] = 7.5;
    const tiff = await writePicture(join(folder, 'seed.tif'), madePicture(19, 11, channels), 'tiff', {
      compression: 'lzw',
    });
    const seed = await decodePhoto(tiff);
    const float: Photo = { ...seed, image: { ...seed.image, format: 'float32', pixels } };

    const photo = await written(float, folder);
    const again = await written(photo, folder);

    expect(photo.image.format).toBe('float32');
    expect(samePixels(photo, pixels)).toBe(true);
    expect(samePixels(again, pixels)).toBe(true);
    expect(again.compression).toEqual({ format: 'tiff', method: 'lzw' });
  });

  it.each(['png', 'tiff', 'webp'] as const)(
    'put a profile into %s byte for byte and leave the pixels',
    async (format) => {
      const folder = await temporaryFolder();
      const profile = adobeRgbProfile();
      const picture = madePicture(37, 23, 3);
      const seed = await decodePhoto(
        await writePicture(join(folder, 'seed.tif'), picture, 'tiff', { compression: 'lzw' }),
      );

      const photo = await written(withProfile(seed, profile), folder, format);

      expect(Buffer.from(photo.metadata.icc ?? [])).toEqual(Buffer.from(profile));
      expect(samePixels(photo, picture.pixels)).toBe(true);
      expect(photo.image.colorSpace.name).toBe('Evenlight test Adobe RGB');
    },
  );

  it.each(PHOTO_FORMATS)('write %s so that it is read again as such, nearly the same', async (format) => {
    const folder = await temporaryFolder();
    const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => 40 + Math.floor(i / 120) * 5 + (i % 3) * 10);
    const smooth = { ...madePicture(40, 30, 3), pixels };
    const seed = await decodePhoto(await writePicture(join(folder, 'seed.png'), smooth, 'png'));

    const again = await written(seed, folder, format);

    expect(again.compression.format).toBe(format);
    expect([again.image.width, again.image.height, again.image.channels]).toEqual([40, 30, 3]);
    const far = [...again.image.pixels].filter((value, i) => Math.abs(value - pixels[i]!) > 8);
    expect(far.length).toBeLessThan(pixels.length / 20);
    expect(formatOfName(`photo${extensionOf(format)}`)).toBe(format);
  });

  it('keep 16 bits and the profile of a TIFF through two generations', async () => {
    const folder = await temporaryFolder();
    const profile = adobeRgbProfile();
    const picture = madePicture(37, 23, 3, 'uint16');
    const seed = await decodePhoto(
      await writePicture(join(folder, 'seed.tif'), picture, 'tiff', { compression: 'lzw' }),
    );

    const first = await written(withProfile(seed, profile), folder);
    const second = await written(first, folder);

    expect(second.image.format).toBe('uint16');
    expect(samePixels(second, picture.pixels)).toBe(true);
    expect(Buffer.from(second.metadata.icc ?? [])).toEqual(Buffer.from(profile));
  });

  it('put a gray profile into gray PNG and TIFF, and leave it out of WebP, which is RGB', async () => {
    const folder = await temporaryFolder();
    const profile = grayProfile();
    const seed = await decodePhoto(
      await writePicture(join(folder, 'g.tif'), madePicture(9, 9, 1), 'tiff', { compression: 'lzw' }),
    );
    const tagged = withProfile(seed, profile);

    expect(Buffer.from((await written(tagged, folder, 'png')).metadata.icc ?? [])).toEqual(Buffer.from(profile));
    expect((await written(tagged, folder, 'png')).image.colorSpace.name).toBe('Evenlight test gray');
    expect((await written(tagged, folder, 'webp')).metadata.icc).toBeUndefined();
    expect((await encodePhoto(tagged, 'webp')).warnings).toEqual([
      'webp stores gray as RGB: the gray profile is left out',
    ]);
  });

  it.each([
    [1, 1],
    [1, 20_000],
    [20_000, 1],
  ])('read and write %i×%i pixels', async (width, height) => {
    const folder = await temporaryFolder();
    for (const format of ['png', 'tiff', 'jpeg'] as const) {
      const picture = madePicture(width, height, 3);
      const path = await writePicture(
        join(folder, `p.${format}`),
        picture,
        format,
        format === 'tiff' ? { compression: 'lzw' } : {},
      );
      const again = await written(await decodePhoto(path), folder);
      expect([again.image.width, again.image.height]).toEqual([width, height]);
    }
  });

  it('keep quality, subsampling and scan order of a JPEG', async () => {
    const folder = await temporaryFolder();
    const fine = await writePicture(join(folder, 'fine.jpg'), madePicture(64, 64, 3), 'jpeg', {
      quality: 96,
      chromaSubsampling: '4:4:4',
      progressive: true,
    });
    const coarse = await writePicture(join(folder, 'coarse.jpg'), madePicture(64, 64, 3), 'jpeg', { quality: 88 });

    expect((await decodePhoto(fine)).compression).toEqual({
      format: 'jpeg',
      quality: 96,
      subsampling: '4:4:4',
      progressive: true,
    });
    expect((await written(await decodePhoto(fine), folder)).compression).toEqual((await decodePhoto(fine)).compression);
    expect((await written(await decodePhoto(coarse), folder)).compression).toEqual({
      format: 'jpeg',
      quality: 88,
      subsampling: '4:2:0',
      progressive: false,
    });
  });

  it('round 16 bits to 8 and lay transparency on white when JPEG is asked for', async () => {
    const folder = await temporaryFolder();
    const picture = { ...madePicture(16, 16, 4, 'uint16'), pixels: new Uint16Array(16 * 16 * 4).fill(0) };
    const photo = await decodePhoto(await writePicture(join(folder, 'clear.png'), picture, 'png'));

    const { warnings } = await encodePhoto(photo, 'jpeg');
    const jpeg = await written(photo, folder, 'jpeg');

    expect(warnings).toEqual(['jpeg holds 8 of the 16 bits', 'jpeg has no transparency: laid on white']);
    expect(jpeg.image.channels).toBe(3);
    expect([...new Set(jpeg.image.pixels)]).toEqual([255]);
  });
});
