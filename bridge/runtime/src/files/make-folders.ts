import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemPath } from './path-bytes.ts';

/**
 * Makes a folder and those above it, as far as they are not there.
 *
 * Not Node's `mkdir` with `recursive: true`: it never returns, and keeps a thread busy for ever, where a folder is there in
 * which none can be made and which says "no such file" about it, like /proc (Node 20 to 24).
 *
 * @throws what `mkdir` throws; `EEXIST` where a file stands in the way
 */
export async function makeFolders(path: string, mode?: number): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolders(dirname(path), mode);
  try {
    await mkdir(systemPath(path), { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(systemPath(path)).catch(() => undefined))?.isDirectory() === true;
}
