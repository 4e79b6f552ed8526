import { spawnSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import process from 'node:process';
import { readDataset } from '@evenlight/trainer/src/dataset/read-dataset.ts';
import { loadPhoto } from '@evenlight/trainer/src/dataset/picture-store.ts';
import { readPicture } from '@evenlight/trainer/src/evaluation/picture-file.ts';
import { loadSources } from '@evenlight/trainer/src/pipeline/sources.ts';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sceneFile, writeMiniature } from '../fixtures/dataset-files.ts';
import { dngFile } from '../fixtures/dng-file.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { tinyRunOf } from '../fixtures/tiny-run.ts';

const isLibRawHere = spawnSync('dcraw_emu', { stdio: 'ignore' }).error === undefined;
if (!isLibRawHere) console.warn('dcraw_emu is not installed: camera raw files are decoded by a stand-in alone');

afterEach(() => {
  vi.unstubAllEnvs();
});

/** sRGB's curve, IEC 61966-2-1, 8 bits. */
function encoded(light: number): number {
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
}

/** Darker to the left in red, darker to the top in green. */
const light = (x: number, y: number, channel: number): number =>
  [0.1 + (0.5 * x) / 96, 0.2 + (0.3 * y) / 64, 0.15][channel]!;

async function fivek(): Promise<string> {
  const dng = dngFile({ width: 96, height: 64, light });
  const shape = { width: 96, height: 64 };
  const tiff = await sharp(await sceneFile(1, shape))
    .tiff({ compression: 'lzw' })
    .toBuffer();
  const other = await sharp(await sceneFile(2, shape))
    .tiff({ compression: 'lzw' })
    .toBuffer();
  const [first, second, third, raw] = ['a0001-jmac_DSC1459', 'a0002-dgw_005', 'a0003-NKIM_MG_8178', 'a0701-kme_0204'];
  return writeMiniature(await temporaryFolder(), {
    [`raw_photos/HQa1to700/photos/${first}.dng`]: dng,
    [`raw_photos/HQa1to700/photos/${second}.dng`]: dng,
    [`raw_photos/HQa701to1400/photos/${raw}.dng`]: dng,
    [`tiff16_a/${first}.tif`]: tiff,
    [`tiff16_c/${first}.tif`]: tiff,
    [`tiff16_c/${second}.tif`]: other,
    [`tiff16_c/${third}.tif`]: await sharp(await sceneFile(3, shape))
      .tiff({ compression: 'lzw' })
      .toBuffer(),
    'filesAdobe.txt': `${first}\n${raw}\n`,
    'filesAdobeMIT.txt': `${second}\n`,
    'categories.json': JSON.stringify({ [first]: { location: 'outdoor', time: 'day' } }),
  });
}

/** A program of the decoder's name that writes down how it was called and gives out a picture, first on the path. */
async function putStandInOnPath(picture: Uint8Array): Promise<{ calls: () => Promise<string[]> }> {
  const folder = await temporaryFolder();
  const [program, output, log] = ['dcraw_emu', 'picture.tif', 'calls'].map((name) => join(folder, name));
  await writeFile(output!, picture);
  await writeFile(
    program!,
    `#!/bin/sh\n[ $# -eq 0 ] && exit 1\necho "$@" >> '${log!}'\ncase "$*" in *broken*) echo 'Unexpected end of file' >&2; exit 0;; esac\ncat '${output!}'\n`,
  );
  await chmod(program!, 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
  return { calls: async () => (await readFile(log!, 'utf8')).trim().split('\n') };
}

describe('FiveK as distributed', () => {
  it('without a decoder is the experts’ pictures alone, and says so', async () => {
    vi.stubEnv('PATH', await temporaryFolder());
    const folder = await fivek();
    const { layout, scenes, notes } = await readDataset(folder, 1);
    expect(layout).toBe('fivek');
    expect(scenes.map(({ kind, file }) => [kind, relative(folder, file)])).toEqual([
      ['photo', join('tiff16_c', 'a0001-jmac_DSC1459.tif')],
      ['photo', join('tiff16_c', 'a0002-dgw_005.tif')],
      ['photo', join('tiff16_c', 'a0003-NKIM_MG_8178.tif')],
    ]);
    expect(notes.join('; ')).toMatch(/3 raw files left out: dcraw_emu \(LibRaw\) is not installed/);
  });

  it.skipIf(process.platform === 'win32')('with one is pairs, with the experts that are asked for', async () => {
    await putStandInOnPath(await sceneFile(1));
    const folder = await fivek();
    const { scenes, notes } = await readDataset(`fivek,experts=ac:${folder}`, 1);
    expect(scenes.map(({ kind, set, group, licence }) => [kind, set, group, licence])).toEqual([
      ['paired', 'fivek-a', 'fivek/a0001', 'FiveK LicenseAdobe (research only)'],
      ['paired', 'fivek-c', 'fivek/a0001', 'FiveK LicenseAdobe (research only)'],
      ['paired', 'fivek-c', 'fivek/a0002', 'FiveK LicenseAdobeMIT (research only)'],
      ['photo', 'fivek-c', 'fivek/a0003', 'FiveK LicenseAdobe or LicenseAdobeMIT (research only)'],
    ]);
    expect(scenes[0]?.about).toBe('outdoor, day');
    expect(scenes[0]?.split).toBe(scenes[1]?.split);
    expect(notes).toEqual([
      '1 of 3 listed scenes are not in tiff16_a, tiff16_c',
      '1 raw files left out: not in tiff16_a, tiff16_c',
      '1 scenes without a raw file are used as good photographs',
    ]);
  });

  it('says when its categories are of another form', async () => {
    const folder = await writeMiniature(await fivek(), { 'categories.json': '[1, 2]' });
    await expect(readDataset(folder, 1)).rejects.toThrow(/categories\.json: expected categories by the scenes' names/);
  });
});

describe.skipIf(process.platform === 'win32')('the decoder of raw files', () => {
  it('is asked for sRGB with the camera’s white balance and without brightening, at half size where that is enough', async () => {
    const { calls } = await putStandInOnPath(await sceneFile(1));
    const folder = await writeMiniature(await temporaryFolder(), { 'one.dng': 'raw' });
    const file = join(folder, 'one.dng');
    expect(await loadPhoto(file, 512)).toMatchObject({ width: 48, height: 32 });
    await loadPhoto(file, 4000);
    expect(await calls()).toEqual([
      `-w -W -o 1 -g 2.4 12.92 -T -Z - -h ${file}`,
      `-w -W -o 1 -g 2.4 12.92 -T -Z - -q 3 ${file}`,
    ]);
  });

  it('that writes nothing has failed, whatever its exit code', async () => {
    await putStandInOnPath(await sceneFile(1));
    const folder = await writeMiniature(await temporaryFolder(), { 'broken.dng': 'raw' });
    const loading = loadPhoto(join(folder, 'broken.dng'), 512);
    await expect(loading).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    await expect(loading).rejects.toThrow(/broken\.dng: dcraw_emu cannot decode it \(Unexpected end of file\)/);
  });

  it('that is missing is named, with the package that has it', async () => {
    vi.stubEnv('PATH', await temporaryFolder());
    const folder = await writeMiniature(await temporaryFolder(), { 'one.dng': 'raw' });
    await expect(loadPhoto(join(folder, 'one.dng'), 512)).rejects.toThrow(/not installed \(Debian: .*libraw-bin/);
  });
});

describe.skipIf(!isLibRawHere)('a real camera raw file', () => {
  it('is developed to sRGB, upright, as bright as it was taken', async () => {
    const folder = await writeMiniature(await temporaryFolder(), {
      'upright.dng': dngFile({ width: 96, height: 64, light }),
      'turned.dng': dngFile({ width: 96, height: 64, light, orientation: 6 }),
    });
    const upright = await readPicture(join(folder, 'upright.dng'));
    const turned = await readPicture(join(folder, 'turned.dng'));
    expect([upright.width, upright.height, turned.width, turned.height]).toEqual([96, 64, 64, 96]);
    for (const [x, y] of [
      [4, 4],
      [90, 4],
      [4, 58],
      [48, 32],
    ] as const) {
      for (let c = 0; c < 3; c++) {
        const expected = encoded(light(x, y, c));
        expect(Math.abs(upright.pixels[(y * 96 + x) * 3 + c]! - expected)).toBeLessThanOrEqual(2);
        // Turned right: the first column is the last row.
        expect(Math.abs(turned.pixels[(x * 64 + 63 - y) * 3 + c]! - expected)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('that is cut off is refused', async () => {
    const bytes = dngFile({ width: 96, height: 64, light });
    const folder = await writeMiniature(await temporaryFolder(), { 'cut.dng': bytes.subarray(0, 4000) });
    await expect(loadPhoto(join(folder, 'cut.dng'), 512)).rejects.toThrow(/cut\.dng: dcraw_emu cannot decode it/);
  });

  it('is the input of a pair that is trained on', async () => {
    const { paired = [] } = await loadSources(await fivek(), tinyRunOf({ source: 'paired' }), 'train');
    expect(paired.length).toBeGreaterThan(0);
    const { input } = paired[0]!;
    expect([input.width, input.height]).toEqual([48, 32]);
    expect(Math.abs(input.pixels[0]! - encoded(0.1))).toBeLessThanOrEqual(5);
  });
});

describe('16-bit pictures', () => {
  it('are read as sRGB, whatever their profile', async () => {
    const codes = [45_000, 20_000, 9_000];
    const pixels = new Uint16Array(16 * 16 * 3).map((_, i) => codes[i % 3]!);
    const picture = sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } }).toColourspace('rgb16');
    const folder = await temporaryFolder();
    const files = ['plain', 'srgb', 'p3'].map((name) => join(folder, `${name}.tif`));
    const tiff = { compression: 'lzw' } as const;
    await picture.clone().tiff(tiff).toFile(files[0]!);
    // sharp takes 16-bit codes for Display P3: the file tagged sRGB holds the same colour as the one tagged P3.
    await picture.clone().withIccProfile('srgb').tiff(tiff).toFile(files[1]!);
    await picture.clone().withIccProfile('p3').tiff(tiff).toFile(files[2]!);
    const read = await Promise.all(files.map(async (file) => [...(await loadPhoto(file, 16)).pixels.subarray(0, 3)]));
    const expected = [codes.map((code) => code / 257), [189, 70, 14], [189, 70, 14]];
    for (const [i, values] of expected.entries()) {
      for (const [c, value] of values.entries()) expect(Math.abs(read[i]![c]! - value), `${i}.${c}`).toBeLessThan(3);
    }
  });
});
