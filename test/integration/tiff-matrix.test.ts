import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import { BridgeError } from '@evenlight/bridge/src/errors.ts';
import { readTiffContainer } from '@evenlight/bridge/src/codec/tiff-container.ts';
import { numbersOf, readTiff } from '@evenlight/bridge/src/codec/tiff-directory.ts';
import { readTiffPixels } from '@evenlight/bridge/src/codec/tiff/read-pixels.ts';
import type { StoredPicture } from '@evenlight/bridge/src/codec/stored-picture.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { channelsOf, tiffFile, type TiffSpec } from '../fixtures/tiff-files.ts';
import { expectedPixels, nameOf, tiffMatrix } from '../fixtures/tiff-matrix.ts';

/*
 * Strips and tiles, planes, compressions, predictors, depths, colours, alpha, byte orders, BigTIFF: every file is decoded by us and
 * by libtiff (Debian: libtiff-tools), and both are compared with what was written. `npm run test:tiff-matrix` takes all of the
 * 7,000 files, the suite every 61st, another one of each layout.
 */

const run = promisify(execFile);
const isWhole = process.env['EVENLIGHT_TIFF_MATRIX'] === 'all';
const STEP = isWhole ? 1 : 61;

const specs = tiffMatrix().filter((_, index) => index % STEP === 0);

async function decoded(bytes: Uint8Array): Promise<StoredPicture> {
  const source = bytesOf(bytes);
  const { layout } = await readTiffContainer(source);
  return readTiffPixels(source, layout);
}

/** Where the first sample differs, in words. */
function difference(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): string | undefined {
  if (got.length !== expected.length) return `${got.length} samples, expected ${expected.length}`;
  for (let at = 0; at < got.length; at++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[at]!));
    if (!(Math.abs(got[at]! - expected[at]!) <= allowed))
      return `sample ${at} is ${got[at]!}, expected ${expected[at]!}`;
  }
  return undefined;
}

/** Uncompressed samples in strips, as libtiff stores them again. */
async function unpackedByLibtiff(folder: string, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const [input, output] = [join(folder, 'in.tif'), join(folder, 'out.tif')];
  await writeFile(input, bytes);
  try {
    await run('tiffcp', ['-c', 'none', '-s', '-p', 'contig', '-L', input, output]);
  } catch {
    return undefined; // libtiff's copying does not know this layout
  }
  const file = new Uint8Array(await readFile(output));
  const entries = (await readTiff(bytesOf(file))).directories[0] ?? [];
  const counts = numbersOf(entries, 279) ?? [];
  const offsets = numbersOf(entries, 273) ?? [];
  return Buffer.concat(offsets.map((offset, index) => file.subarray(offset, offset + (counts[index] ?? 0))));
}

/** Zero bits where a row ends inside a byte: libtiff leaves there what a tile holds beyond the picture. */
function padded(bytes: Uint8Array, spec: TiffSpec): Uint8Array {
  const rowBits = spec.width * channelsOf(spec) * spec.bits;
  const used = rowBits % 8;
  if (used === 0) return bytes;
  const rowBytes = Math.ceil(rowBits / 8);
  return bytes.map((byte, at) => (at % rowBytes === rowBytes - 1 ? byte & (0xff << (8 - used)) : byte));
}

describe('the TIFF reader', () => {
  it(
    `gives the pixels that were written, for ${specs.length} layouts`,
    async () => {
      const wrong: string[] = [];
      for (const spec of specs) {
        const tolerance = spec.isFloat === true ? 1e-6 : spec.photometric === 6 ? 1 / 255 : 0;
        const { pixels } = await decoded(tiffFile(spec));
        const what = difference(pixels, expectedPixels(spec), tolerance);
        if (what !== undefined) wrong.push(`${nameOf(spec)}: ${what}`);
      }
      expect(wrong).toEqual([]);
    },
    isWhole ? 3_600_000 : 120_000,
  );

  it(
    'and libtiff reads the same samples out of the files',
    async () => {
      const folder = await temporaryFolder();
      const wrong: string[] = [];
      let compared = 0;
      for (const spec of specs.filter((_, index) => isWhole || index % 3 === 0)) {
        const theirs = await unpackedByLibtiff(folder, tiffFile(spec));
        if (theirs === undefined) continue;
        compared++;
        const plain: TiffSpec = {
          ...spec,
          compression: 'none',
          predictor: 1,
          isPlanar: false,
          isTiled: false,
          littleEndian: true,
        };
        const ours = await unpackedByLibtiff(folder, tiffFile({ ...plain, bigTiff: false }));
        if (ours === undefined || Buffer.compare(padded(ours, spec), padded(theirs, spec)) !== 0)
          wrong.push(nameOf(spec));
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(20);
    },
    isWhole ? 3_600_000 : 120_000,
  );

  const base: TiffSpec = { width: 40, height: 40, photometric: 2, bits: 8, compression: 'deflate' };
  const damaged = (['lzw', 'deflate', 'packbits'] as const).flatMap((compression) =>
    [false, true].map((isTiled) => ({ ...base, compression, isTiled })),
  );
  it.each(damaged)('never makes up pixels of a cut-off file: $compression, tiles $isTiled', async (spec) => {
    const whole = tiffFile(spec);
    // The directory stands behind the pixels: a piece out of their middle is missing.
    const { offset, length } = await secondChunk(whole);
    const cut = whole.slice();
    cut.fill(0, offset + Math.floor(length / 2), offset + length);
    const outcome = await decoded(cut).then(
      ({ pixels }) => difference(pixels, expectedPixels(spec), 0),
      (error: unknown) => error,
    );
    // PackBits has no checksum: zeros in it are samples, which nobody can tell from others.
    if (spec.compression !== 'packbits') expect(outcome).toBeInstanceOf(RangeError);
    expect(outcome).toBeDefined();
  });

  it.each([
    ['JBIG', { 259: 34_661 }, /JBIG compression/],
    ['LZMA', { 259: 34_925 }, /LZMA compression/],
    ['JPEG 2000', { 259: 34_712 }, /JPEG 2000 compression/],
    ['LERC', { 259: 34_887 }, /LERC compression/],
    ['old-style JPEG', { 259: 6 }, /old-style JPEG compression/],
    ['ITU Lab', { 262: 10 }, /ITU Lab colours/],
    ['a camera mosaic', { 262: 32_803 }, /mosaic/],
    ['an unknown photometric', { 262: 77 }, /unknown colours \(77\)/],
  ])('refuses %s by its name', async (_name, changes, says) => {
    const file = withNumbers(tiffFile(base), changes);
    const outcome = await decoded(file).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(BridgeError);
    expect(outcome).toMatchObject({ code: 'UNSUPPORTED_FORMAT', message: expect.stringMatching(says) as string });
  });
});

async function secondChunk(file: Uint8Array): Promise<{ offset: number; length: number }> {
  const entries = (await readTiff(bytesOf(file))).directories[0] ?? [];
  const offsets = numbersOf(entries, 273) ?? numbersOf(entries, 324) ?? [];
  const lengths = numbersOf(entries, 279) ?? numbersOf(entries, 325) ?? [];
  return { offset: offsets[1] ?? 0, length: lengths[1] ?? 0 };
}

/** Overwrites numbers of 16 bits in the directory. */
function withNumbers(file: Uint8Array, changes: Readonly<Record<number, number>>): Uint8Array {
  const bytes = Buffer.from(file);
  const directory = bytes.readUInt32LE(4);
  for (let index = 0; index < bytes.readUInt16LE(directory); index++) {
    const at = directory + 2 + 12 * index;
    const value = changes[bytes.readUInt16LE(at)];
    if (value !== undefined) bytes.writeUInt16LE(value, at + 8);
  }
  return bytes;
}
