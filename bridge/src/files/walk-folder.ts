import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathFromBytes, systemPath } from '@evenlight/runtime';
import type { BridgeError } from '../errors.ts';
import { cannotRead, fileKind, type FileKind } from './file-kind.ts';

/** An entry below a folder. */
export interface WalkedEntry {
  readonly path: string;
  /** Below the folder where the walk began. */
  readonly relativePath: string;
  /** What it is; for a link, what the link leads to. A folder is named where the walk did not go into it. */
  readonly kind: FileKind;
  /** Instead of the kind: why the kind, or a folder's content, is unknown. */
  readonly error?: BridgeError;
}

export interface WalkOptions {
  /** Folders to go into, one below the other; 0: the folder itself alone. */
  readonly depth: number;
  /** Go into folders that links lead to. Never with unlimited depth: a link may lead upward, or to the whole disk. */
  readonly followFolderLinks: boolean;
  /** Folders that are left out. */
  readonly isLeftOut: (path: string) => boolean;
}

/**
 * Lists what is below a folder, in the order of the paths. Hidden entries are left out. An entry that cannot be read is
 * listed with its error, and the walk goes on.
 */
export async function walkFolder(folder: string, options: WalkOptions): Promise<WalkedEntry[]> {
  const found: WalkedEntry[] = [];
  const open: { path: string; relativePath: string; depth: number }[] = [{ path: folder, relativePath: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, relativePath, depth } = next;
    for (const entry of await list(path, relativePath)) {
      if (entry.kind !== 'folder' || entry.error !== undefined) found.push(entry);
      else if (options.isLeftOut(entry.path)) continue;
      else if (depth >= options.depth || (entry.isLink && !options.followFolderLinks)) found.push(entry);
      else open.push({ path: entry.path, relativePath: entry.relativePath, depth: depth + 1 });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function list(folder: string, relativeFolder: string): Promise<(WalkedEntry & { isLink: boolean })[]> {
  const entries = await readdir(systemPath(folder), { withFileTypes: true, encoding: 'buffer' }).catch(
    (error: unknown) => cannotRead(folder, error),
  );
  if (!Array.isArray(entries)) {
    return [{ path: folder, relativePath: relativeFolder, kind: 'folder', error: entries, isLink: false }];
  }
  const named = entries
    .map((entry) => ({ name: pathFromBytes(entry.name), kind: fileKind(entry) }))
    .filter(({ name }) => !name.startsWith('.'));
  return Promise.all(
    named.map(async ({ name, kind }) => {
      const path = join(folder, name);
      const place = { path, relativePath: join(relativeFolder, name) };
      // Some file systems do not say in a listing what an entry is.
      if (kind !== 'link' && kind !== 'unknown') return { ...place, kind, isLink: false };
      return { ...place, ...(await kindOf(path)), isLink: kind === 'link' };
    }),
  );
}

async function kindOf(path: string): Promise<{ kind: FileKind; error?: BridgeError }> {
  try {
    return { kind: fileKind(await stat(systemPath(path))) };
  } catch (error) {
    return { kind: 'unknown', error: cannotRead(path, error) };
  }
}
