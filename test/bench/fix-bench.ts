import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeTensorflowMissing } from '@evenlight/runtime';
import { EVENLIGHT_BIN } from '../fixtures/run-evenlight.ts';
import type { BenchInputs } from './bench-inputs.ts';
import { type BenchRow, rowOf, rowOfTimes, scaled } from './bench-row.ts';
import { inTurns, type Sample, peakBytesOf } from './in-turns.ts';
import { isInstalled, runProgram } from './run-program.ts';

/*
 * `evenlight fix` as a process that has just been started, against a process that decodes and encodes the same files with sharp, and
 * against other programs.
 */

const FLOOR = fileURLToPath(new URL('./sharp-floor.mjs', import.meta.url));
const MB = 1e-6;

export interface FixBenchOptions {
  readonly inputs: BenchInputs;
  readonly isQuick: boolean;
  /** `--runtime` of the command line; default: what it chooses itself. */
  readonly runtime?: string;
}

/** Runs `evenlight fix` on photographs; its peak memory is that of all its processes together. */
async function runFix(photos: readonly string[], { inputs, runtime }: FixBenchOptions): Promise<Sample> {
  const args = [EVENLIGHT_BIN, 'fix', ...photos, '--out', await inputs.emptyFolder(), '--json'];
  if (runtime !== undefined) args.push('--runtime', runtime);
  const { ms, stdout } = await runProgram(process.execPath, args, inputs.folder);
  const lines = stdout.trim().split('\n');
  const summary = JSON.parse(lines.at(-1) ?? '{}') as Summary;
  if (summary.fixed !== photos.length) throw new Error(`of ${photos.length} photographs ${summary.fixed} were fixed`);
  return { ms, peakBytes: summary.processes.reduce((sum, { peakBytes }) => sum + peakBytes, 0) };
}

interface Summary {
  readonly fixed: number;
  readonly processes: readonly { readonly peakBytes: number }[];
}

async function runFloor(photos: readonly string[], { inputs }: FixBenchOptions): Promise<Sample> {
  return runProgram(process.execPath, [FLOOR, await inputs.emptyFolder(), ...photos], inputs.folder);
}

/** What has a bar is a median of at least so many runs. */
const REPEATS = 5;

/** One kind of photograph. */
interface PhotoCase {
  readonly work: string;
  readonly file: string;
  /** At most so many times the floor. */
  readonly bar: number;
  readonly repeats: number;
  readonly runtime?: string;
  readonly measuresMemory?: boolean;
}

async function photoCases({ inputs, isQuick, runtime }: FixBenchOptions): Promise<readonly PhotoCase[]> {
  const [large, small] = [await inputs.jpeg(24), await inputs.jpeg(0.24)];
  const isNative = runtime === undefined && nativeTensorflowMissing() === undefined;
  const turns = (repeats: number): number => (isQuick ? Math.min(repeats, 2) : repeats);
  const native = { runtime: 'tensorflow' };
  return [
    { work: 'fix one JPEG of 24 megapixels', file: large, bar: 3, repeats: turns(7) },
    { work: 'fix one JPEG of 0.24 megapixels', file: small, bar: 6, repeats: turns(9) },
    ...(isNative
      ? [
          {
            ...native,
            work: 'the one of 24 megapixels, --runtime tensorflow',
            file: large,
            bar: 3,
            repeats: turns(REPEATS),
          },
          {
            ...native,
            work: 'the one of 0.24 megapixels, --runtime tensorflow',
            file: small,
            bar: 6,
            repeats: turns(REPEATS),
          },
        ]
      : []),
    {
      work: 'fix one TIFF of 24 megapixels, 16 bit',
      file: await inputs.tiff(24, 'none'),
      bar: 3,
      repeats: turns(REPEATS),
    },
    { work: 'the same, LZW', file: await inputs.tiff(24, 'lzw'), bar: 3, repeats: turns(REPEATS) },
    { work: 'the same, deflate', file: await inputs.tiff(24, 'deflate'), bar: 3, repeats: turns(REPEATS) },
    ...(isQuick
      ? []
      : [
          {
            ...{ work: 'fix one JPEG of 96 megapixels', file: await inputs.jpeg(96), bar: 2.5, repeats: REPEATS },
            measuresMemory: true,
          },
        ]),
  ];
}

/** One photograph of each kind. */
export async function benchOnePhoto(options: FixBenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { work, file, bar, repeats, runtime, measuresMemory } of await photoCases(options)) {
    const ofCase = { ...options, ...(runtime !== undefined && { runtime }) };
    const works = { ours: () => runFix([file], ofCase), floor: () => runFloor([file], options) };
    // What comes first also compiles the commands.
    const { ours, floor } = await inTurns(works, repeats, rows.length === 0 ? 1 : 0);
    rows.push(rowOfTimes(work, ours, { name: 'sharp: decode, encode', took: floor }, { bar }));
    if (measuresMemory !== true) continue;
    const peak = { name: 'the same, peak memory', took: scaled(peakBytesOf(floor), MB) };
    rows.push(rowOf(`${work}: peak memory`, scaled(peakBytesOf(ours), MB), peak, { unit: 'MB', bar: 1.2 }));
  }
  return rows;
}

/** Many photographs in one run. */
export async function benchFolder(options: FixBenchOptions): Promise<BenchRow[]> {
  const { inputs, isQuick } = options;
  const count = isQuick ? 6 : 40;
  const { files } = await inputs.jpegs(count, 24);
  const works = { ours: () => runFix(files, options), floor: () => runFloor(files, options) };
  const { ours, floor } = await inTurns(works, isQuick ? 1 : REPEATS);
  const work = `fix ${count} JPEGs of 24 megapixels`;
  return [rowOfTimes(work, ours, { name: 'sharp: decode, encode, two at once', took: floor }, { bar: 2 })];
}

/** What other programs take for one photograph, and ImageMagick for several. */
export async function benchPrograms(options: FixBenchOptions): Promise<BenchRow[]> {
  const { inputs, isQuick } = options;
  const file = await inputs.jpeg(24);
  const rows: BenchRow[] = [];
  const repeats = isQuick ? 1 : REPEATS;
  for (const { name, run } of programs(inputs)) {
    const works = { ours: () => runFix([file], options), theirs: () => run([file]) };
    const { ours, theirs } = await inTurns(works, repeats);
    rows.push(rowOfTimes('fix one JPEG of 24 megapixels', ours, { name, took: theirs }, { bar: 1 }));
    if (!name.startsWith('ImageMagick')) continue;
    const { files } = await inputs.jpegs(isQuick ? 2 : 8, 24);
    const many = await inTurns({ ours: () => runFix(files, options), theirs: () => run(files) }, repeats);
    const work = `fix ${files.length} JPEGs of 24 megapixels`;
    rows.push(rowOfTimes(work, many.ours, { name, took: many.theirs }, { bar: 1 }));
  }
  return rows;
}

interface OtherProgram {
  readonly name: string;
  readonly run: (photos: readonly string[]) => Promise<Sample>;
}

function programs(inputs: BenchInputs): OtherProgram[] {
  const outputs = async (
    photos: readonly string[],
    commandFor: (photo: string, out: string) => string[],
  ): Promise<Sample> => {
    const folder = await inputs.emptyFolder();
    await mkdir(join(folder, 'settings'));
    let ms = 0;
    for (const [i, photo] of photos.entries()) {
      const [program = '', ...args] = commandFor(photo, join(folder, `${i}.jpg`));
      ms += (await runProgram(program, args, folder)).ms;
    }
    return { ms };
  };
  const magick = ['convert', 'magick'].find(isInstalled);
  const all = [
    {
      name: 'ImageMagick -auto-gamma -auto-level',
      command: (photo: string, out: string) => [
        magick ?? 'convert',
        photo,
        '-auto-gamma',
        '-auto-level',
        '-quality',
        '92',
        out,
      ],
    },
    {
      name: 'darktable-cli',
      command: (photo: string, out: string) => [
        ...['darktable-cli', photo, out, '--core', '--library', ':memory:', '--configdir', 'settings'],
      ],
    },
    {
      name: 'rawtherapee-cli',
      command: (photo: string, out: string) => ['rawtherapee-cli', '-Y', '-d', '-o', out, '-j92', '-c', photo],
    },
    {
      name: "G'MIC equalize",
      command: (photo: string, out: string) => ['gmic', photo, '-equalize', '256', '-o', `${out},92`],
    },
  ];
  return all
    .filter(({ command }) => isInstalled(command('', '')[0] ?? ''))
    .map(({ name, command }) => ({ name, run: (photos) => outputs(photos, command) }));
}

/** How the time grows with the pixels of a photograph, and with the number of photographs. */
export async function benchGrowth(options: FixBenchOptions): Promise<BenchRow[]> {
  const { inputs, isQuick } = options;
  const rows: BenchRow[] = [];
  for (const megapixels of isQuick ? [1, 24] : [1, 6, 24, 96, 200]) {
    const file = await inputs.jpeg(megapixels);
    const works = { ours: () => runFix([file], options), floor: () => runFloor([file], options) };
    const { ours, floor } = await inTurns(works, isQuick || megapixels > 100 ? 1 : 2);
    rows.push(rowOfTimes(`${megapixels} megapixels`, ours, { name: 'sharp', took: floor }));
    rows.push(memoryRow(`${megapixels} megapixels`, ours, floor));
  }
  for (const count of isQuick ? [1, 10] : [1, 10, 50, 200]) {
    const { files } = await inputs.jpegs(count, 0.24);
    const works = { ours: () => runFix(files, options), floor: () => runFloor(files, options) };
    const { ours, floor } = await inTurns(works, 1);
    const work = `${count} ${count === 1 ? 'photograph' : 'photographs'} of 0.24 megapixels`;
    rows.push(rowOfTimes(work, ours, { name: 'sharp', took: floor }));
    rows.push(memoryRow(work, ours, floor));
  }
  return rows;
}

function memoryRow(work: string, ours: readonly Sample[], floor: readonly Sample[]): BenchRow {
  const peer = { name: 'sharp', took: scaled(peakBytesOf(floor), MB) };
  return rowOf(`${work}: peak memory`, scaled(peakBytesOf(ours), MB), peer, { unit: 'MB' });
}
