import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Files by their path inside a folder, with forward slashes. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

/** Reads a folder and what is in it; sorted, so that the same folder always gives the same package. */
export async function readFolder(folder: string): Promise<PackageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: [string, Uint8Array][] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.push([path.relative(folder, file).split(path.sep).join('/'), new Uint8Array(await readFile(file))]);
  }
  return new Map(files.sort(([left], [right]) => (left < right ? -1 : 1)));
}
