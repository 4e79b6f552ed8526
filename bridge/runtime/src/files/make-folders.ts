import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemPath } from './path-bytes.ts';

/**
 * Makes a folder, and those above it that are missing.
 *
 * Node's `mkdir` with `recursive: true` is not used: in a folder like /proc, which exists but answers `mkdir` with "no such
 * file", it never returns and keeps a thread busy (Node 20 to 24).
 *
 * @throws what `mkdir` throws; `EEXIST` where a file stands in the way
 */
export async function makeFolders(path: string, mode?: number): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolders(dirname(path), mode);
  try {
    await mkdir(systemPath(path), { mode });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(systemPath(path)).catch(() => undefined))?.isDirectory() === true;
}
