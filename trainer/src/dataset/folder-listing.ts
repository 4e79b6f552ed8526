import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import { TrainerError } from '../errors.ts';

/** A file whose relative path has the form that was asked for. */
export interface ListedFile {
  readonly path: string;
  /** The groups of the pattern, those that did not take part as ''. */
  readonly parts: readonly string[];
}

/** All files below a folder, hidden ones left out, links followed; paths are relative, with '/', in order. */
export class FolderListing {
  readonly folder: string;
  readonly files: readonly string[];

  private constructor(folder: string, files: readonly string[]) {
    this.folder = folder;
    this.files = files;
  }

  /** @throws TrainerError `BAD_DATASET` when it is no folder or holds no files. */
  static async read(folder: string): Promise<FolderListing> {
    let files: string[];
    try {
      files = await filesBelow(folder, '', new Set());
    } catch (cause) {
      const reason = messageOf(cause);
      throw new TrainerError('BAD_DATASET', `${folder}: expected a folder with a data set (${reason})`, { cause });
    }
    if (files.length === 0) throw new TrainerError('BAD_DATASET', `${folder}: the folder is empty`);
    return new FolderListing(folder, files.sort());
  }

  /** The files of a form, with the groups of the pattern. */
  match(pattern: RegExp): ListedFile[] {
    return this.files.flatMap((file) => {
      const found = pattern.exec(file);
      return found ? [{ path: file, parts: found.slice(1).map((part: string | undefined) => part ?? '') }] : [];
    });
  }

  has(pattern: RegExp): boolean {
    return this.files.some((file) => pattern.test(file));
  }

  pathOf(file: string): string {
    return path.join(this.folder, file);
  }
}

/** `ancestors` are the real paths above: a link to one of them would never end. */
async function filesBelow(folder: string, prefix: string, ancestors: ReadonlySet<string>): Promise<string[]> {
  const real = await realpath(folder);
  if (ancestors.has(real)) return [];
  const below = new Set([...ancestors, real]);
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
    const at = path.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(at) : entry;
    if (kind.isDirectory()) files.push(...(await filesBelow(at, `${prefix}${entry.name}/`, below)));
    else if (kind.isFile()) files.push(prefix + entry.name);
  }
  return files;
}
