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

/** Files that one run of libtiff's program copies. */
const BATCH = 40;

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

/** The samples of every file, uncompressed, as libtiff stores them again; none of files whose layout its copying does not know. */
async function unpackedByLibtiff(
  folder: string,
  files: readonly Uint8Array[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const inputs = files.map((_, index) => join(folder, `in-${index}.tif`));
  const output = join(folder, 'out.tif');
  await Promise.all(inputs.map((input, index) => writeFile(input, files[index]!)));
  try {
    await run('tiffcp', ['-c', 'none', '-s', '-p', 'contig', '-L', ...inputs, output]);
  } catch {
    // It stops at the first one: halves find it.
    if (files.length === 1) return [undefined];
    const middle = files.length >> 1;
    const halves = [files.slice(0, middle), files.slice(middle)];
    return [...(await unpackedByLibtiff(folder, halves[0]!)), ...(await unpackedByLibtiff(folder, halves[1]!))];
  }
  return samplesIn(new Uint8Array(await readFile(output)));
}

/** The uncompressed strips of every page. */
async function samplesIn(file: Uint8Array): Promise<Uint8Array[]> {
  const { directories } = await readTiff(bytesOf(file));
  return directories.map((entries) => {
    const counts = numbersOf(entries, 279) ?? [];
    const offsets = numbersOf(entries, 273) ?? [];
    return Buffer.concat(offsets.map((offset, index) => file.subarray(offset, offset + (counts[index] ?? 0))));
  });
}

/** The same samples as libtiff's copying leaves them: little endian, in strips, one plane. */
function plainSpec(spec: TiffSpec): TiffSpec {
  const simple = { compression: 'none', predictor: 1, isPlanar: false, isTiled: false } as const;
  return { ...spec, ...simple, littleEndian: true, bigTiff: false };
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
    isWhole ? 3_600_000 : undefined,
  );

  it(
    'and libtiff reads the same samples out of the files',
    async () => {
      const folder = await temporaryFolder();
      const wrong: string[] = [];
      let compared = 0;
      const chosen = specs.filter((_, index) => isWhole || index % 3 === 0);
      for (let first = 0; first < chosen.length; first += BATCH) {
        const batch = chosen.slice(first, first + BATCH);
        const theirs = await unpackedByLibtiff(folder, batch.map(tiffFile));
        for (const [index, spec] of batch.entries()) {
          const their = theirs[index];
          if (their === undefined) continue;
          compared++;
          const [our] = await samplesIn(tiffFile(plainSpec(spec)));
          if (Buffer.compare(padded(our!, spec), padded(their, spec)) !== 0) wrong.push(nameOf(spec));
        }
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(20);
    },
    isWhole ? 3_600_000 : undefined,
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
