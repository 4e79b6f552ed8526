import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { encodePhoto } from '@evenlight/bridge/src/codec/encode-photo.ts';
import type { Photo, PhotoFormat } from '@evenlight/bridge/src/codec/photo.ts';
import { dngFile } from '../fixtures/dng-file.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { tiffFile } from '../fixtures/tiff-files.ts';

const run = promisify(execFile);

async function written(photo: Photo, folder: string, format: PhotoFormat | 'keep' = 'keep'): Promise<string> {
  const encoded = await encodePhoto(photo, format);
  const path = join(folder, `written-${Math.random()}.${encoded.format}`);
  await encoded.writeTo(path);
  return path;
}

/** The largest and the mean difference of 8-bit codes, by what another program shows. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): { max: number; mean: number } {
  let [max, sum] = [0, 0];
  for (let at = 0; at < a.length; at++) {
    const step = Math.abs(a[at]! - b[at]!);
    max = Math.max(max, step);
    sum += step;
  }
  return { max, mean: sum / a.length };
}

async function cmykJpeg(folder: string, withProfile: boolean): Promise<string> {
  const path = join(folder, 'cmyk.jpg');
  const { width, height, channels, pixels } = madePicture(60, 40, 3);
  const pipeline = sharp(pixels, { raw: { width, height, channels } }).toColourspace('cmyk');
  await (withProfile ? pipeline.withIccProfile('cmyk') : pipeline).jpeg({ quality: 100 }).toFile(path);
  return path;
}

describe('CMYK', () => {
  it('is corrected as RGB through its profile and written back with the same inks, to within a few codes', async () => {
    const folder = await temporaryFolder();
    const path = await cmykJpeg(folder, true);

    const photo = await decodePhoto(path);
    const again = await written(photo, folder);

    expect([photo.colorSpaceName, photo.image.format, photo.image.channels]).toEqual(['CMYK', 'uint16', 3]);
    expect(photo.warnings).toEqual([]);
    expect((await sharp(again).metadata()).space).toBe('cmyk');
    expect((await sharp(again).metadata()).icc).toEqual((await sharp(path).metadata()).icc);
    const shown = async (file: string): Promise<Buffer> => sharp(file).toColourspace('srgb').raw().toBuffer();
    expect(difference(await shown(path), await shown(again)).mean).toBeLessThan(2.1);
  });

  it('reads the colours that lcms reads through the same profile', async () => {
    const folder = await temporaryFolder();
    const path = await cmykJpeg(folder, true);
    const photo = await decodePhoto(path);
    const ours = await sharp(await written(photo, folder, 'png'))
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    const lab = await sharp(path, { ignoreIcc: true })
      .pipelineColourspace('cmyk')
      .toColourspace('lab')
      .raw({ depth: 'float' })
      .toBuffer();
    const theirs = await sharp(lab, { raw: { width: 60, height: 40, channels: 3 } }).metadata();
    expect(theirs.channels).toBe(3);
    const values = new Float32Array(lab.buffer, lab.byteOffset, lab.length / 4);
    let sum = 0;
    for (let at = 0; at < values.length; at += 3) sum += Math.abs(values[at]! - lightness(ours.subarray(at, at + 3)));
    expect(sum / (values.length / 3)).toBeLessThan(1);
  });

  it('without a profile is read as a generic print, and says so', async () => {
    const folder = await temporaryFolder();
    const photo = await decodePhoto(await cmykJpeg(folder, false));
    expect(photo.warnings).toEqual([
      'it has no colour profile: its inks are taken for those of a generic offset print',
    ]);
  });

  it('of 16 bits in a TIFF stays CMYK of 16 bits', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'cmyk.tif');
    await writeFile(path, tiffFile({ width: 30, height: 20, photometric: 5, bits: 16, compression: 'lzw' }));
    const again = await written(await decodePhoto(path), folder);
    const { stdout } = await run('tiffinfo', [again]);
    expect(stdout).toMatch(/Bits\/Sample: 16/);
    expect(stdout).toMatch(/separated/);
  });

  it('becomes RGB with a profile where the format holds no CMYK, and says so', async () => {
    const folder = await temporaryFolder();
    const photo = await decodePhoto(await cmykJpeg(folder, true));
    const { warnings } = await encodePhoto(photo, 'png');
    const png = await decodePhoto(await written(photo, folder, 'png'));
    expect(warnings).toEqual([expect.stringMatching(/^png holds no CMYK: written as ROMM RGB/)]);
    expect(png.image.colorSpace.name).toMatch(/ROMM/);
    expect(difference(png.image.pixels, photo.image.pixels).max).toBe(0);
  });
});

/** CIE L* of sRGB codes. */
function lightness(rgb: Uint8Array): number {
  const linear = [...rgb].map((code) => (code <= 10 ? code / 255 / 12.92 : ((code / 255 + 0.055) / 1.055) ** 2.4));
  const y = 0.2225 * linear[0]! + 0.7169 * linear[1]! + 0.0606 * linear[2]!;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

describe('Lab', () => {
  it.each(['uint8', 'uint16'] as const)(
    'of %s is corrected as RGB and comes back as it was, to within a code',
    async (format) => {
      const folder = await temporaryFolder();
      const picture = madePicture(40, 30, 3, 'uint16');
      const seed = await decodePhoto(
        await writePicture(join(folder, 'a.tif'), picture, 'tiff', { compression: 'lzw' }),
      );

      const path = await written({ ...seed, stored: { model: 'lab', format } }, folder);
      const photo = await decodePhoto(path);
      const again = await decodePhoto(await written(photo, folder));

      expect((await run('tiffinfo', [path])).stdout).toMatch(/CIE L\*a\*b\*/);
      expect([photo.colorSpaceName, photo.stored]).toEqual(['Lab', { model: 'lab', format }]);
      const tolerance = format === 'uint8' ? 700 : 8;
      expect(difference(photo.image.pixels, picture.pixels).max).toBeLessThan(tolerance);
      expect(difference(again.image.pixels, photo.image.pixels).max).toBeLessThan(format === 'uint8' ? 2 : 8);
    },
  );
});

describe('Photoshop documents', () => {
  it.each([8, 16])(
    'of %i bits: the original stays below, the result lies on top and is the flattened picture',
    async (depth) => {
      const folder = await temporaryFolder();
      const png = await writePicture(
        join(folder, 'a.png'),
        madePicture(50, 30, 3, depth === 8 ? 'uint8' : 'uint16'),
        'png',
      );
      const psd = join(folder, 'a.psd');
      await run('convert', [png, '-depth', String(depth), psd]);

      const photo = await decodePhoto(psd);
      const fixed = { ...photo, image: { ...photo.image, pixels: photo.image.pixels.map((code) => code >> 1) } };
      const result = await written(fixed, folder);

      const again = await decodePhoto(result);
      expect(difference(again.image.pixels, fixed.image.pixels).max).toBe(0);
      // ImageMagick: [0] is the flattened picture, then the layers from the bottom.
      const layer = async (index: number): Promise<Buffer> => {
        const path = join(folder, `layer-${index}.png`);
        await run('convert', [`${result}[${index}]`, path]);
        return sharp(path).removeAlpha().toColourspace('srgb').raw().toBuffer();
      };
      const plain = await sharp(png).toColourspace('srgb').raw().toBuffer();
      expect(difference(await layer(1), plain).max).toBeLessThan(2);
      expect(
        difference(
          await layer(2),
          plain.map((code) => code >> 1),
        ).max,
      ).toBeLessThan(2);
      expect(
        difference(
          await layer(0),
          plain.map((code) => code >> 1),
        ).max,
      ).toBeLessThan(2);
    },
  );

  it('keep the layers that they had', async () => {
    const folder = await temporaryFolder();
    const psd = join(folder, 'layers.psd');
    await run('convert', ['-size', '40x30', 'xc:red', '-size', '20x10', 'xc:blue', '-depth', '8', psd]);
    const before = (await run('identify', [psd])).stdout.trim().split('\n');
    const result = await written(await decodePhoto(psd), folder);
    const after = (await run('identify', [result])).stdout.trim().split('\n');
    expect(after.length).toBe(before.length + 1);
  });
});

describe('camera raw', () => {
  it('is developed to linear light, in which highlights above white survive, and written as a TIFF of 16 bits', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.dng');
    // Green clips at 1; the camera's white balance multiplies red and blue by 1.
    await writeFile(path, dngFile({ width: 200, height: 120, light: (x) => x / 200 }));

    const photo = await decodePhoto(path);
    const result = await decodePhoto(await written(photo, folder));

    expect(photo.image.format).toBe('float32');
    const middle = photo.image.pixels[(60 * 200 + 100) * 3 + 1]!;
    expect(middle).toBeGreaterThan(0.45);
    expect(middle).toBeLessThan(0.55);
    expect([result.image.format, result.compression.format]).toEqual(['uint16', 'tiff']);
    expect(result.image.colorSpace.name).toMatch(/ROMM/);
    expect(new TextDecoder('latin1').decode(result.metadata.exif)).toContain('Test camera');
  });
});

describe('HEIC, AVIF and JPEG XL', () => {
  it('reads HEIC and writes JPEG, with a line that says so', async () => {
    const folder = await temporaryFolder();
    const png = await writePicture(join(folder, 'a.png'), madePicture(64, 48, 3), 'png');
    const heic = join(folder, 'a.heic');
    await run('heif-enc', ['-q', '95', png, '-o', heic]);

    const photo = await decodePhoto(heic);
    const { format, warnings } = await encodePhoto(photo);

    await run('heif-convert', [heic, join(folder, 'theirs.png')]);
    const theirs = await sharp(join(folder, 'theirs.png')).removeAlpha().raw().toBuffer();
    expect(difference(photo.image.pixels, theirs).mean).toBeLessThan(1.5);
    expect({ format, warnings }).toEqual({ format: 'jpeg', warnings: ['HEIC cannot be written: written as jpeg'] });
  });

  it('reads and writes AVIF with its profile, EXIF and XMP', async () => {
    const folder = await temporaryFolder();
    const picture = madePicture(64, 48, 3);
    const { width, height, channels, pixels } = picture;
    const jpeg = join(folder, 'a.jpg');
    await sharp(pixels, { raw: { width, height, channels } })
      .withIccProfile('p3')
      .withExif({ IFD0: { Copyright: 'A. Photographer' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>')
      .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
      .toFile(jpeg);
    const source = await decodePhoto(jpeg);

    const photo = await decodePhoto(await written(source, folder, 'avif'));
    const again = await decodePhoto(await written(photo, folder));

    expect(again.compression).toEqual({ format: 'avif' });
    expect(again.metadata.icc).toEqual(source.metadata.icc);
    expect(again.metadata.xmp).toEqual(source.metadata.xmp);
    expect(new TextDecoder('latin1').decode(again.metadata.exif)).toContain('A. Photographer');
    expect(difference(photo.image.pixels, source.image.pixels).mean).toBeLessThan(2);
  });

  it.each(['uint8', 'uint16'] as const)('reads JPEG XL of %s without changing a bit and writes PNG', async (depth) => {
    const folder = await temporaryFolder();
    const picture = madePicture(64, 48, 3, depth);
    const png = await writePicture(join(folder, 'a.png'), picture, 'png');
    await run('cjxl', [png, join(folder, 'a.jxl'), '-d', '0']);

    const photo = await decodePhoto(join(folder, 'a.jxl'));

    expect(photo.image.format).toBe(depth);
    expect(difference(photo.image.pixels, picture.pixels).max).toBe(0);
    expect((await encodePhoto(photo)).format).toBe('png');
  });

  it('calls a JPEG XL that is cut off damaged', async () => {
    const folder = await temporaryFolder();
    const png = await writePicture(join(folder, 'a.png'), madePicture(64, 48, 3), 'png');
    await run('cjxl', [png, join(folder, 'a.jxl'), '-d', '0']);
    const bytes = await readFile(join(folder, 'a.jxl'));
    await writeFile(join(folder, 'cut.jxl'), bytes.subarray(0, Math.floor(bytes.length / 2)));
    await expect(decodePhoto(join(folder, 'cut.jxl'))).rejects.toMatchObject({ code: 'DECODE_FAILED' });
  });
});
