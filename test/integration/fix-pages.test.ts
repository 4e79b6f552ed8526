import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countPages, decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { shortEntry } from '@evenlight/bridge/src/codec/tiff-directory.ts';
import { TiffWriter } from '@evenlight/bridge/src/codec/tiff/write-tiff.ts';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import { describe, expect, it } from 'vitest';
import { KernelService } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { type MadePicture, madePicture, temporaryFolder } from '../fixtures/photo-files.ts';

const startFixer = () => Promise.resolve(createLocalFixer(new KernelService()));
const NEW_SUBFILE_TYPE = 254;

/** Pages of different sizes, depths and compressions; the second is the first one's half, as a thumbnail would be. */
const PAGES: readonly MadePicture[] = [
  madePicture(120, 80, 3),
  madePicture(60, 40, 3),
  madePicture(50, 70, 1, 'uint16'),
  madePicture(40, 40, 4, 'uint16'),
];

async function writeFileOf(path: string, pages: readonly MadePicture[], subfileTypes: readonly number[] = []) {
  const file = await open(path, 'wx');
  const writer = new TiffWriter(file);
  for (const [index, { width, height, channels, pixels }] of pages.entries()) {
    const type = subfileTypes[index] ?? 2;
    await writer.addPage({
      ...{ width, height, model: channels <= 2 ? 'gray' : 'rgb', hasAlpha: channels % 2 === 0 },
      format: pixels instanceof Uint8Array ? 'uint8' : 'uint16',
      method: index % 2 === 0 ? 'lzw' : 'deflate',
      entries: [shortEntry(NEW_SUBFILE_TYPE, [type])],
      rows: (first, count) => pixels.subarray(first * width * channels, (first + count) * width * channels),
    });
  }
  await file.close();
  return path;
}

describe('a TIFF of several pages', () => {
  it('has every page fixed as if it were a file of its own, and keeps them all', async () => {
    const folder = await temporaryFolder();
    const all = await writeFileOf(join(folder, 'all.tif'), PAGES);
    const single = await Promise.all(PAGES.map((page, n) => writeFileOf(join(folder, `${n}.tif`), [page])));

    const { code, outcomes, summary } = await fixRun([all, ...single], {}, { startFixer });

    expect(code).toBe(0);
    expect(summary.fixed).toBe(PAGES.length + 1);
    const result = outcomes[0]!.output!;
    expect(await countPages(result)).toBe(PAGES.length);
    for (const [page, { width, height }] of PAGES.entries()) {
      const [own, alone] = [await decodePhoto(result, page), await decodePhoto(outcomes[page + 1]!.output!)];
      expect([own.image.width, own.image.height]).toEqual([width, height]);
      expect(Buffer.compare(bytesOf(own.image.pixels), bytesOf(alone.image.pixels))).toBe(0);
      expect(own.compression).toEqual({ format: 'tiff', method: page % 2 === 0 ? 'lzw' : 'deflate' });
    }
  });

  it('that needs nothing is copied byte for byte, and in place stays as it is', async () => {
    const folder = await temporaryFolder();
    const path = await writeFileOf(join(folder, 'a.tif'), PAGES);
    const state = async () => [await readFile(path), Math.round((await stat(path)).mtimeMs)];
    const before = await state();
    const copied = await fixRun([path], { strength: 0 }, { startFixer });
    expect(copied.results).toEqual(['a.tif: unchanged']);
    expect(await readFile(copied.outcomes[0]!.output!)).toEqual(before[0]);
    await fixRun([path], { strength: 0, inPlace: true }, { startFixer });
    expect(await state()).toEqual(before);
  });

  it('counts no thumbnails, smaller copies or masks that say what they are, and names them', async () => {
    const folder = await temporaryFolder();
    const path = await writeFileOf(join(folder, 'a.tif'), PAGES.slice(0, 3), [0, 1, 4]);
    const { outcomes, results } = await fixRun([path], {}, { startFixer });
    expect(results).toEqual(['a.tif: fixed']);
    expect(await countPages(outcomes[0]!.output!)).toBe(1);
    expect(outcomes[0]).toMatchObject({
      result: {
        warnings: [
          'the transparency mask inside the file is not in the fixed one',
          'the smaller copies of the picture inside the file are not in the fixed one',
        ],
      },
    });
  });

  it.each([
    ['another format', { format: 'jpeg' as const }, /4 pages, jpeg holds one/],
    ['its correction', { kind: 'cube' as const }, /4 pages, each with a correction of its own/],
  ])('is refused where %s is asked for, with the reason', async (_, options, says) => {
    const folder = await temporaryFolder();
    const path = await writeFileOf(join(folder, 'a.tif'), PAGES);
    const { outcomes } = await fixRun([path], options, { startFixer });
    expect(outcomes[0]).toMatchObject({
      error: { code: 'UNSUPPORTED_FORMAT', message: expect.stringMatching(says) as string },
    });
    expect(await readdir(folder)).toEqual(['a.tif']);
  });

  it('with a damaged page fails as a whole and leaves nothing', async () => {
    const folder = await temporaryFolder();
    const path = await writeFileOf(join(folder, 'a.tif'), [PAGES[0]!, PAGES[2]!]);
    const bytes = await readFile(path);
    // The last strip stands in front of the last directory.
    bytes.fill(0x55, bytes.length - 400, bytes.length - 300);
    await writeFile(path, bytes);
    const { results } = await fixRun([path], {}, { startFixer });
    expect(results).toEqual(['a.tif: DECODE_FAILED']);
    expect(await readdir(folder)).toEqual(['a.tif']);
  });
});

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
