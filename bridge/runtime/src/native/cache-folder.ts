import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import { baseFolder } from '../files/base-folder.ts';
import { makeFolders } from '../files/make-folders.ts';
import type { Environment } from './run-program.ts';

/**
 * The folder for unpacked and compiled files: `EVENLIGHT_CACHE`, else the user's cache folder. It is outside `node_modules`,
 * which `npm ci` empties.
 */
export function cacheFolder(environment: Environment): string {
  const chosen = environment['EVENLIGHT_CACHE'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const preset = process.platform === 'darwin' ? join('Library', 'Caches') : '.cache';
  return join(baseFolder(environment, 'XDG_CACHE_HOME', preset), 'evenlight');
}

/** @throws RuntimeError `SETUP_FAILED` if the folder cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (cause) {
    const advice = 'set EVENLIGHT_CACHE to a folder that can';
    throw new RuntimeError('SETUP_FAILED', `${path} cannot be written: ${messageOf(cause)}; ${advice}`, { cause });
  }
}

/** Free bytes on the disk of a folder that exists or will be made. */
export async function freeBytes(path: string): Promise<number> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch (error) {
      if (dirname(folder) === folder) throw error;
    }
  }
}

/** @throws RuntimeError `SETUP_SPACE` */
export function checkSpace(path: string, availableBytes: number, neededBytes: number): void {
  if (availableBytes >= neededBytes) return;
  const sizes = `${formatGigabytes(neededBytes)} free, it has ${formatGigabytes(availableBytes)}`;
  throw new RuntimeError(
    'SETUP_SPACE',
    `set-up needs ${sizes} in ${path}; set EVENLIGHT_CACHE to a folder with more room`,
  );
}

function formatGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
