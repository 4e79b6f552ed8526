import { readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '@evenlight/trainer/src/random.ts';
import { loadPhotoCached } from '@evenlight/trainer/src/dataset/photo-cache.ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

/** A file above a megabyte: noise in PNG. */
async function largePhoto(file: string, seed: number): Promise<void> {
  const random = new Random(seed);
  const pixels = Uint8Array.from({ length: 700 * 600 * 3 }, () => random.integer(256));
  await sharp(pixels, { raw: { width: 700, height: 600, channels: 3 } })
    .png()
    .toFile(file);
}

describe('the cache of decoded photographs', () => {
  it('gives what was decoded until the file changes', async () => {
    const folder = await temporaryFolder();
    const [file, cache] = [path.join(folder, 'large.png'), path.join(folder, 'cache')];
    await largePhoto(file, 1);
    const first = await loadPhotoCached(file, 64, cache);
    const [entry] = await readdir(cache);
    expect(entry).toBeDefined();
    expect(await loadPhotoCached(file, 64, cache)).toEqual(first);
    expect(await readdir(cache)).toHaveLength(1);
    expect((await loadPhotoCached(file, 32, cache)).width).toBe(32);
    await largePhoto(file, 2);
    await utimes(file, 1, 2);
    expect((await loadPhotoCached(file, 64, cache)).pixels).not.toEqual(first.pixels);
  });

  it('is really used: what stands in it is what comes', async () => {
    const folder = await temporaryFolder();
    const [file, cache] = [path.join(folder, 'large.png'), path.join(folder, 'cache')];
    await largePhoto(file, 3);
    await loadPhotoCached(file, 64, cache);
    const [entry] = await readdir(cache);
    const kept = Buffer.from([1, 0, 0, 0, 1, 0, 0, 0, 7, 8, 9]);
    await writeFile(path.join(cache, entry!), kept);
    expect([...(await loadPhotoCached(file, 64, cache)).pixels]).toEqual([7, 8, 9]);
    await writeFile(path.join(cache, entry!), kept.subarray(0, 9));
    expect((await loadPhotoCached(file, 64, cache)).width).toBe(64);
  });

  it('is not used for small files, nor where it cannot be written', async () => {
    const folder = await temporaryFolder();
    const [small, large, cache] = ['small.png', 'large.png', 'cache'].map((name) => path.join(folder, name));
    await sharp({ create: { width: 9, height: 6, channels: 3, background: '#777' } }).toFile(small!);
    await loadPhotoCached(small!, 64, cache);
    await expect(readdir(cache!)).rejects.toMatchObject({ code: 'ENOENT' });
    await largePhoto(large!, 4);
    expect((await loadPhotoCached(large!, 64, path.join(small!, 'no folder'))).width).toBe(64);
  });
});
