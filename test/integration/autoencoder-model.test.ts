import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { psnr } from '@evenlight/models';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runEvenlight } from '../fixtures/run-evenlight.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-autoencoder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function codes(file: string): Promise<Float32Array> {
  const pixels = await sharp(file).removeAlpha().raw().toBuffer();
  return Float32Array.from(pixels, (code) => code / 255);
}

describe('the shipped autoencoder', () => {
  it.each([
    ['smaller than its proxy', 61, 40],
    ['of odd sides', 511, 333],
    ['much larger', 1800, 1200],
  ])('gives a photograph %s its lost contrast and brightness back', async (_, width, height) => {
    const [good, bad, out] = ['good.png', 'bad.png', 'out'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    await sharp('test/fixtures/images/astronaut.jpg').resize(width, height, { fit: 'cover' }).toFile(good);
    // 0.55 · (0.5 + 0.7 · (x − 0.5)), the degradation it was trained for.
    await sharp(good)
      .linear(0.55 * 0.7, 0.55 * 0.15 * 255)
      .toFile(bad);
    const run = await runEvenlight(['fix', bad, '--model', 'autoencoder', '--runtime', 'wasm', '--out', out]);
    expect(run.code, run.stderr).toBe(0);
    const [target, before, after] = await Promise.all([good, bad, path.join(out, 'bad.png')].map(codes));
    expect(psnr(after!, target!)).toBeGreaterThan(psnr(before!, target!) + 3);
  });
});
