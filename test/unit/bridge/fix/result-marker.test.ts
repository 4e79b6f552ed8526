import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { DoneResults } from '@evenlight/bridge/src/fix/done-results.ts';
import { contentHash } from '@evenlight/bridge/src/fix/file-content.ts';
import { readMarker, writeMarker } from '@evenlight/bridge/src/fix/result-marker.ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { madePicture, temporaryFolder, writePicture } from '../../../fixtures/photo-files.ts';

const MARKER = { source: 'ab'.repeat(32), settings: '0123456789abcdef' };

const FILES = [
  ['a.jpg', 'jpeg', {}],
  ['a.png', 'png', {}],
  ['a.tif', 'tiff', { compression: 'lzw' }],
  ['lossy.webp', 'webp', {}],
  ['lossless.webp', 'webp', { lossless: true }],
] as const;

describe('the mark of a result', () => {
  it.each(FILES)('is found in %s again, and the picture stays as it is', async (name, format, options) => {
    const path = await writePicture(join(await temporaryFolder(), name), madePicture(33, 21, 3), format, options);
    expect(await readMarker(path)).toBeUndefined();
    const before = (await decodePhoto(path)).image.pixels;

    await writeMarker(path, { ...MARKER, settings: 'f'.repeat(16) });
    await writeMarker(path, MARKER);

    expect(await readMarker(path)).toEqual(MARKER);
    const photo = await decodePhoto(path);
    expect(photo.image.pixels).toEqual(before);
    expect(photo.warnings).toEqual([]);
  });

  it('is found in AVIF files', async () => {
    const path = join(await temporaryFolder(), 'a.avif');
    const { width, height, pixels } = madePicture(33, 21, 3);
    const raw = { width, height, channels: 3 } as const;
    await writeFile(
      path,
      await sharp(pixels as Uint8Array, { raw })
        .avif()
        .toBuffer(),
    );
    await writeMarker(path, MARKER);
    expect(await readMarker(path)).toEqual(MARKER);
    expect(await sharp(await readFile(path)).metadata()).toMatchObject({ width: 33, height: 21 });
  });

  it('is found nowhere else', async () => {
    const path = join(await temporaryFolder(), 'a.txt');
    await writeFile(path, 'short');
    await writeMarker(path, MARKER);
    expect(await readFile(path, 'utf8')).toBe('short');
    expect(await readMarker(path)).toBeUndefined();
  });
});

describe('DoneResults', () => {
  async function folderWithResult() {
    const folder = await temporaryFolder();
    const input = await writePicture(join(folder, 'in.png'), madePicture(20, 20, 3), 'png');
    const output = await writePicture(join(folder, 'out.png'), madePicture(21, 20, 3), 'png');
    const marker = { ...MARKER, source: await contentHash(input) };
    await writeMarker(output, marker);
    return { folder, input, output, marker };
  }

  it('finds a result by what it was made of, also when it was renamed', async () => {
    const { folder, input, output, marker } = await folderWithResult();
    expect(await new DoneResults().find(input, output, marker)).toBe(output);
    await rename(output, join(folder, 'other.png'));
    expect(await new DoneResults().find(input, output, marker)).toBe(join(folder, 'other.png'));
  });

  it('does not take the result of a copy, or one renamed result twice', async () => {
    const { folder, input, output, marker } = await folderWithResult();
    const other = join(folder, 'copy.png');
    expect(await new DoneResults(new Set([output, other])).find(input, other, marker)).toBeUndefined();
    const done = new DoneResults(new Set([other]));
    expect(await done.find(input, other, marker)).toBe(output);
    expect(await done.find(input, other, marker)).toBeUndefined();
  });

  it('does not take another file of the name for the result', async () => {
    const { folder, input, output, marker } = await folderWithResult();
    const other = { ...marker, settings: 'f'.repeat(16) };
    expect(await new DoneResults().find(input, output, other)).toBeUndefined();
    await writeFile(output, '');
    expect(await new DoneResults().find(input, output, marker)).toBeUndefined();
    expect(await new DoneResults().find(input, join(folder, 'nothing', 'x.png'), marker)).toBeUndefined();
  });

  it('takes a copy under the name for the result of a photograph that needs no change', async () => {
    const { folder, input, marker } = await folderWithResult();
    const copy = join(folder, 'copy.png');
    await writeFile(copy, await readFile(input));
    const another = { ...marker, settings: 'f'.repeat(16) };
    expect(await new DoneResults().find(input, copy, another)).toBe(copy);
    await appendFile(copy, 'x');
    expect(await new DoneResults().find(input, copy, another)).toBeUndefined();
  });
});
