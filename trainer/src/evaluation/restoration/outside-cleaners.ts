import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Cleaner } from './cleaner.ts';
import { cleanWithDarktable } from './darktable.ts';
import type { CorrectedPicture } from './lifted-picture.ts';

const run = promisify(execFile);

/** Runs a program that reads pictures and writes as many to a folder, under names that sort alike. */
type CleanFiles = (files: readonly string[], folder: string, strength: number) => Promise<unknown>;

const PYTHON_SCRIPT = fileURLToPath(new URL('denoise.py', import.meta.url));

/** Commands, or paths of programs. */
export interface OutsidePrograms {
  readonly python: string;
  readonly gmic: string;
  readonly darktable: string;
}

/**
 * Denoisers of other programs, for comparison: those that are there. `python` is an interpreter with `cv2` (OpenCV), perhaps also with
 * `bm3d`; `gmic` is G'MIC's command; `darktable` is darktable's for the command line.
 */
export async function outsideCleaners({ python, gmic, darktable }: OutsidePrograms): Promise<Cleaner[]> {
  const withPython = (method: string, name: string, strengths: number[]): Cleaner =>
    throughFiles(name, strengths, (files, folder, strength) =>
      run(python, [PYTHON_SCRIPT, method, String(strength), folder, ...files]),
    );
  const candidates: { cleaner: Cleaner; probe: () => Promise<unknown> }[] = [
    {
      cleaner: withPython('bilateral', 'bilateral (OpenCV)', [10, 20, 35, 50, 75, 110]),
      probe: () => run(python, ['-c', 'import cv2']),
    },
    {
      cleaner: withPython('nlmeans', 'fastNlMeansDenoisingColored (OpenCV)', [3, 5, 8, 12, 18, 26]),
      probe: () => run(python, ['-c', 'import cv2']),
    },
    {
      cleaner: withPython('bm3d', 'BM3D', [5, 10, 16, 24, 36, 50]),
      probe: () => run(python, ['-c', 'import bm3d, cv2']),
    },
    {
      cleaner: throughFiles("denoise (G'MIC)", [5, 10, 16, 24, 36, 50], (files, folder, strength) =>
        run(gmic, [
          ...files,
          'denoise',
          `10,${strength},5,6`,
          'cut',
          '0,255',
          'round',
          'output',
          path.join(folder, 'p.png'),
        ]),
      ),
      probe: () => run(gmic, ['version']),
    },
    {
      cleaner: throughFiles('astrophoto denoise (darktable)', [12, 25, 40, 70, 120, 200], (files, folder, strength) =>
        cleanWithDarktable(darktable, files, folder, strength),
      ),
      probe: () => run(darktable, ['--version']),
    },
  ];
  const there = await Promise.all(
    candidates.map(({ probe }) =>
      probe().then(
        () => true,
        () => false,
      ),
    ),
  );
  return candidates.filter((_, i) => there[i]).map(({ cleaner }) => cleaner);
}

/** A cleaner that gives a program 8-bit PNG files. */
function throughFiles(name: string, strengths: readonly number[], cleanFiles: CleanFiles): Cleaner {
  return {
    name,
    strengths,
    async clean(pictures, strength) {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'evenlight-denoise-'));
      try {
        const [before, after] = [path.join(folder, 'before'), path.join(folder, 'after')];
        await Promise.all([before, after].map((each) => mkdir(each)));
        const files = await Promise.all(pictures.map((picture, i) => writePicture(before, i, picture)));
        await cleanFiles(files, after, strength);
        const cleaned = (await readdir(after)).sort();
        if (cleaned.length !== pictures.length) {
          throw new Error(`${name} wrote ${cleaned.length} pictures of ${pictures.length}`);
        }
        return await Promise.all(cleaned.map((file) => readPixels(path.join(after, file))));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function writePicture(folder: string, index: number, { lifted }: CorrectedPicture): Promise<string> {
  const file = path.join(folder, `${String(index).padStart(4, '0')}.png`);
  const { width, height, pixels } = lifted;
  const codes = Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  await sharp(codes, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(file);
  return file;
}

async function readPixels(file: string): Promise<Float32Array> {
  const codes = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer();
  return Float32Array.from(codes, (code) => code / 255);
}
