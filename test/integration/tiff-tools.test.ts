import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import type { StoredPicture } from '@evenlight/bridge/src/codec/stored-picture.ts';
import { readTiffContainer } from '@evenlight/bridge/src/codec/tiff-container.ts';
import { readTiffPixels } from '@evenlight/bridge/src/codec/tiff/read-pixels.ts';
import { BridgeError } from '@evenlight/bridge/src/errors.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { tiffFile, type TiffSpec } from '../fixtures/tiff-files.ts';

/*
 * Layouts that libtiff's tools make (JPEG, ZSTD, fax, WebP, LZMA, LERC) or read alone (subsampled YCbCr): what we read is compared
 * with what they read. Part of `npm run test:tiff-matrix`; the suite takes every seventh.
 */

const run = promisify(execFile);
const STEP = process.env['EVENLIGHT_TIFF_MATRIX'] === 'all' ? 1 : 7;

const SIZE = { width: 37, height: 23, compression: 'none' } as const;
const BASES = {
  rgb: { ...SIZE, photometric: 2, bits: 8 },
  gray: { ...SIZE, photometric: 1, bits: 8 },
  cmyk: { ...SIZE, photometric: 5, bits: 8 },
  rgb16: { ...SIZE, photometric: 2, bits: 16 },
  white0: { ...SIZE, photometric: 0, bits: 1 },
  black0: { ...SIZE, photometric: 1, bits: 1 },
} as const satisfies Readonly<Record<string, TiffSpec>>;
type Base = keyof typeof BASES;

interface Layout {
  readonly base: Base;
  readonly compression: string;
  readonly shape: readonly string[];
  readonly order: '-L' | '-B';
  readonly planes: 'contig' | 'separate';
}

const COMPRESSIONS: Readonly<Record<string, readonly Base[]>> = {
  jpeg: ['rgb', 'gray'],
  'jpeg:r:95': ['rgb', 'cmyk'],
  zstd: ['rgb', 'gray', 'cmyk', 'rgb16', 'black0'],
  'zstd:2': ['rgb', 'rgb16'],
  'zip:2': ['rgb16'],
  'g3:1d': ['white0', 'black0'],
  'g3:2d': ['white0', 'black0'],
  'g3:1d:fill': ['white0', 'black0'],
  'g3:2d:fill': ['white0', 'black0'],
  g4: ['white0', 'black0'],
  webp: ['rgb'],
};

const SHAPES = [
  ['-s', '-r', '8'],
  ['-s', '-r', '23'],
  ['-t', '-w', '16', '-l', '16'],
];

const layouts: Layout[] = Object.entries(COMPRESSIONS).flatMap(([compression, bases]) =>
  bases.flatMap((base) =>
    SHAPES.flatMap((shape) =>
      (['-L', '-B'] as const).flatMap((order) =>
        (['contig', 'separate'] as const)
          .filter((planes) => planes === 'contig' || (base !== 'gray' && !/^(g3|g4|webp|jpeg)/.test(compression)))
          .filter((planes) => planes === 'contig' || !/0$/.test(base))
          .map((planes) => ({ base, compression, shape, order, planes })),
      ),
    ),
  ),
);

async function decoded(path: string): Promise<StoredPicture> {
  const source = bytesOf(new Uint8Array(await readFile(path)));
  const { layout } = await readTiffContainer(source);
  return readTiffPixels(source, layout);
}

/** The largest difference of two pictures' samples, in codes of 8 bits. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let max = 0;
  for (let at = 0; at < a.length; at++) max = Math.max(max, Math.abs(a[at]! - b[at]!));
  return max;
}

/** A file of the layout by tiffcp, and the same one unpacked by it again. `undefined` where it cannot make the layout. */
async function made(folder: string, layout: Layout): Promise<{ packed: string; plain: string } | undefined> {
  const { base, compression, shape, order, planes } = layout;
  const [input, packed, plain] = ['in', 'packed', 'plain'].map((name) => join(folder, `${name}.tif`)) as [
    string,
    string,
    string,
  ];
  await writeFile(input, tiffFile(BASES[base]));
  try {
    await run('tiffcp', ['-c', compression, ...shape, order, '-p', planes, input, packed]);
    await run('tiffcp', ['-c', 'none', '-s', '-p', 'contig', packed, plain]);
  } catch {
    return undefined;
  }
  return { packed, plain };
}

describe('the TIFF reader beside libtiff', () => {
  const chosen = layouts.filter((_, index) => index % STEP === 0);

  it(
    `reads the pixels that tiffcp reads, of ${chosen.length} layouts that it makes`,
    { timeout: 1_200_000 },
    async () => {
      const folder = await temporaryFolder();
      const wrong: string[] = [];
      let compared = 0;
      for (const layout of chosen) {
        const files = await made(folder, layout);
        if (files === undefined) continue;
        compared++;
        // JPEG decoders round differently, and smooth subsampled colours in their own way.
        const tolerance = layout.compression === 'jpeg' ? 24 : layout.compression.startsWith('jpeg') ? 2 : 0;
        const [ours, theirs] = [await decoded(files.packed), await decoded(files.plain)];
        const step = difference(ours.pixels, theirs.pixels);
        if (step > tolerance) wrong.push(`${JSON.stringify(layout)}: differs by ${step}`);
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(chosen.length * 0.7);
    },
  );

  const subsampled = ([1, 2, 4] as const)
    .flatMap((horizontal) => ([1, 2, 4] as const).map((vertical) => [horizontal, vertical] as const))
    .flatMap((subsampling) =>
      (['none', 'lzw', 'deflate', 'packbits'] as const).flatMap((compression) =>
        [false, true].flatMap((isTiled) =>
          [true, false].map((littleEndian): TiffSpec => {
            // libtiff 4.5 loses its place at the right edge of tiles of 4:4: this width has none.
            const size = { width: isTiled && subsampling[1] === 4 ? 48 : 37, height: 23 };
            return { ...size, photometric: 6, bits: 8, compression, isTiled, littleEndian, subsampling };
          }),
        ),
      ),
    )
    // TIFF 6.0, section 21: at least as many columns as rows share a value.
    .filter(({ subsampling = [1, 1] }) => subsampling[0] >= subsampling[1])
    .filter((_, index) => index % STEP === 0);

  it(
    `reads the colours that tiff2rgba reads, of ${subsampled.length} layouts of YCbCr`,
    { timeout: 1_200_000 },
    async () => {
      const folder = await temporaryFolder();
      const [input, output] = [join(folder, 'in.tif'), join(folder, 'out.tif')];
      const wrong: string[] = [];
      let compared = 0;
      for (const spec of subsampled) {
        await writeFile(input, tiffFile(spec));
        try {
          await run('tiff2rgba', ['-c', 'none', '-n', input, output]);
        } catch {
          continue;
        }
        compared++;
        const step = difference((await decoded(input)).pixels, (await decoded(output)).pixels);
        if (step > 2) wrong.push(`${JSON.stringify(spec)}: differs by ${step}`);
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(subsampled.length * 0.7);
    },
  );

  it.each([
    ['lzma', /LZMA compression/],
    ['lerc', /LERC compression/],
  ])('refuses %s by its name', async (compression, says) => {
    const folder = await temporaryFolder();
    const files = await made(folder, { base: 'rgb', compression, shape: ['-s'], order: '-L', planes: 'contig' });
    if (files === undefined) return;
    const outcome = await decoded(files.packed).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(BridgeError);
    expect(outcome).toMatchObject({ code: 'UNSUPPORTED_FORMAT', message: expect.stringMatching(says) as string });
  });
});
