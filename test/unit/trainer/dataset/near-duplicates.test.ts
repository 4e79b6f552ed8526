import { join } from 'node:path';
import {
  type Fingerprint,
  NEAR_DUPLICATE,
  panoramaFingerprint,
  photoFingerprint,
  similarity,
} from '@evenlight/trainer/src/dataset/fingerprint.ts';
import {
  groupLeaks,
  isLeak,
  mergeGroups,
  nearDuplicates,
  type Printed,
} from '@evenlight/trainer/src/dataset/near-duplicates.ts';
import { loadPhoto, loadRadiance } from '@evenlight/trainer/src/dataset/picture-store.ts';
import type { SplitScene } from '@evenlight/trainer/src/dataset/scene.ts';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { radianceFile, writeMiniature } from '../../../fixtures/dataset-files.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

const IMAGES = join(import.meta.dirname, '../../../fixtures/images');
const DIFFERENT = ['astronaut', 'coffee-under', 'kitten', 'lake', 'rocket', 'spices', 'taipei'].map(
  (name) => `${name}.jpg`,
);

async function printOf(name: string): Promise<Fingerprint> {
  return photoFingerprint(await loadPhoto(join(IMAGES, name), 256));
}

/** The fingerprint of a changed copy. */
async function printOfCopy(name: string, change: (picture: Sharp) => Sharp | Promise<Sharp>): Promise<Fingerprint> {
  const small = await sharp(join(IMAGES, name)).resize({ width: 320 }).png().toBuffer();
  const copy = await change(sharp(small));
  const files = { 'copy.png': await copy.png().toBuffer() };
  return photoFingerprint(await loadPhoto(join(await writeMiniature(await temporaryFolder(), files), 'copy.png'), 256));
}

/** Another exposure of a picture, clipped. */
async function exposed(picture: Sharp, exposureEv: number): Promise<Sharp> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const codes = data.map((code) => Math.min(255, 255 * ((code / 255) ** 2.2 * 2 ** exposureEv) ** (1 / 2.2)));
  return sharp(codes, { raw: { width, height, channels } });
}

describe('pictures that show the same', () => {
  it.each([
    ['encoded again', async (picture: Sharp) => sharp(await picture.jpeg({ quality: 25 }).toBuffer())],
    ['resized', (picture: Sharp) => picture.resize(120, 120, { fit: 'inside' })],
    ['three stops darker', (picture: Sharp) => exposed(picture, -3)],
    ['a stop brighter', (picture: Sharp) => exposed(picture, 1)],
    ['of less contrast', (picture: Sharp) => picture.linear(0.4, 70)],
    [
      'resized, darker and encoded again',
      async (picture: Sharp) =>
        sharp(await (await exposed(picture.resize({ width: 200 }), -2)).jpeg({ quality: 40 }).toBuffer()),
    ],
  ])('are found when one is %s', async (_, change) => {
    for (const name of DIFFERENT) {
      expect(similarity(await printOf(name), await printOfCopy(name, change)), name).toBeGreaterThan(NEAR_DUPLICATE);
    }
  });

  it('are found in real exposures', async () => {
    expect(similarity(await printOf('astronaut.jpg'), await printOf('astronaut-under.jpg'))).toBeGreaterThan(0.8);
    expect(similarity(await printOf('chelsea-under.png'), await printOf('chelsea-over.jpg'))).toBeGreaterThan(0.8);
  });

  it('are found in panoramas of any unit of light', async () => {
    const folder = await writeMiniature(await temporaryFolder(), {
      'a.hdr': radianceFile(1),
      'b.hdr': radianceFile(2),
    });
    const { light, ...shape } = await loadRadiance(join(folder, 'a.hdr'));
    const own = panoramaFingerprint({ ...shape, light });
    expect(similarity(own, panoramaFingerprint({ ...shape, light: light.map((v) => 7 * v) }))).toBeCloseTo(1, 3);
    expect(similarity(own, panoramaFingerprint(await loadRadiance(join(folder, 'b.hdr'))))).toBeLessThan(0.5);
  });
});

describe('a fingerprint', () => {
  it('is the same under any tone curve that keeps the order of the light', () => {
    const light = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => 1 + Math.sin(0.13 * Math.floor(i / 3)));
    const own = panoramaFingerprint({ width: 32, height: 32, light });
    const curved = panoramaFingerprint({ width: 32, height: 32, light: light.map((value) => value ** 6) });
    expect(similarity(own, curved)).toBeCloseTo(1, 6);
  });
});

describe('pictures that do not', () => {
  it('are far from it', async () => {
    const prints = await Promise.all(DIFFERENT.map(printOf));
    for (const [i, a] of prints.entries()) {
      for (const b of prints.slice(i + 1)) expect(similarity(a, b)).toBeLessThan(0.4);
    }
  });

  it('include pictures without structure', () => {
    const gray = photoFingerprint({ width: 40, height: 40, pixels: new Uint8Array(4800).fill(90) });
    expect(similarity(gray, gray)).toBe(0);
  });
});

function scene(file: string, split: SplitScene['split'], group = file): SplitScene {
  return { kind: 'photo', file, set: 's', group, licence: 'CC0', split };
}

function printed(entry: SplitScene, ...values: number[]): Printed {
  return { scene: entry, print: Float32Array.from(values) };
}

describe('leaks', () => {
  const [a, b, c, d] = [scene('a', 'train'), scene('b', 'test'), scene('c', 'train'), scene('d', 'predict', 'a')];
  const duplicates = nearDuplicates([printed(a, 1, 0), printed(b, 0.8, 0.6), printed(c, 0.6, 0.8), printed(d, 1, 0)]);

  it('are near-duplicates in different splits; one group is not compared', () => {
    expect(duplicates.map(({ first, second }) => first.file + second.file)).toEqual(['bc', 'ab', 'bd', 'ac', 'cd']);
    expect(duplicates.map(isLeak)).toEqual([true, true, true, false, true]);
  });

  it('are groups in different splits', () => {
    expect(groupLeaks([a, b, c, d])).toEqual([[a, d]]);
  });

  it('end when near-duplicates are merged: together, where the strictest of them was', () => {
    const merged = mergeGroups([a, b, c, scene('e', 'train')], duplicates.slice(0, 2));
    expect(merged.map(({ group, split }) => [group, split])).toEqual([
      ['a', 'test'],
      ['a', 'test'],
      ['a', 'test'],
      ['e', 'train'],
    ]);
    expect(groupLeaks(mergeGroups([a, b, c, d], []))).toEqual([]);
  });
});
