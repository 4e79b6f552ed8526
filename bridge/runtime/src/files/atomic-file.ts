import { rmSync } from 'node:fs';
import { chmod, constants, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, cancelledError, codeOf, throwIfCancelled, type CancelSignal } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import { makeFolders } from './make-folders.ts';
import { shownPath, systemPath } from './path-bytes.ts';
import { plainPath } from './plain-path.ts';
import { removeLeftovers, temporaryName } from './temporary-name.ts';

/*
 * Files appear completely or not at all. They are written under another name in the same folder, flushed to the disk, then given their
 * name. Where nothing may be overwritten, `link` gives the name, because it fails if the name exists and `rename` does
 * not. On file systems without hard links (exFAT, some network drives) the name is checked before `rename`.
 */

const temporaryFiles = new Set<string>();
const tidiedFolders = new Set<string>();

export interface AtomicOptions {
  readonly overwrite: boolean;
  /** Mode of the folders that are created. Default: the user's umask decides. */
  readonly folderMode?: number;
  readonly signal?: CancelSignal;
}

export interface CopyOptions extends AtomicOptions {
  /** Called with the path of the complete temporary copy, before it gets its final name. */
  readonly finish?: (temporary: string) => Promise<void>;
}

/**
 * Writes a file.
 *
 * @param write writes the whole file to the path that it gets
 * @throws RuntimeError `OUTPUT_EXISTS`, `WRITE_FAILED`, `CANCELLED`, and those of `write`
 */
export async function writeFileAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
  { overwrite, folderMode, signal }: AtomicOptions,
): Promise<void> {
  const folder = dirname(path);
  await prepareFolder(folder, folderMode).catch((error: unknown) => {
    throw writeError(path, error);
  });
  // A short name, because file systems allow 255 bytes; in a path that libraries can open.
  const temporary = join(await plainPath(folder), temporaryName());
  temporaryFiles.add(temporary);
  try {
    await write(temporary);
    await flushFile(temporary);
    throwIfCancelled(signal, RuntimeError);
    await (overwrite ? rename(temporary, systemPath(path)) : renameWithoutOverwriting(temporary, path));
    await flushFolder(folder);
  } catch (error) {
    throw signal?.aborted === true ? cancelledError(signal, RuntimeError) : writeError(path, error);
  } finally {
    // If it cannot be removed either (its name is too long, say), the error of writing it says more.
    await rm(temporary, { force: true }).catch(() => undefined);
    temporaryFiles.delete(temporary);
  }
}

/**
 * Copies a file byte for byte.
 *
 * @throws RuntimeError `OUTPUT_EXISTS`, `WRITE_FAILED`, `CANCELLED`
 */
export function copyFileAtomically(source: string, path: string, options: CopyOptions): Promise<void> {
  const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
  const copy = async (temporary: string): Promise<void> => {
    await copyFile(systemPath(source), temporary, flags);
    // A copy of a read-only file is read-only too, so it could be neither flushed nor dated.
    const { mode } = await stat(temporary);
    if ((mode & OWNER_WRITES) === 0) await chmod(temporary, mode | OWNER_WRITES);
    await options.finish?.(temporary);
  };
  return writeFileAtomically(path, copy, options);
}

const OWNER_WRITES = 0o200;

/** Removes half-written files. Called right before the process ends by force. */
export function removeTemporaryFiles(): void {
  for (const path of temporaryFiles) rmSync(path, { force: true });
}

/** Removes what killed processes of this computer have left in the folders that this one has written to. */
export async function tidyFolders(): Promise<void> {
  for (const folder of tidiedFolders) await removeLeftovers(folder, temporaryFiles);
}

async function prepareFolder(folder: string, mode: number | undefined): Promise<void> {
  await makeFolders(folder, mode);
  if (tidiedFolders.has(folder)) return;
  tidiedFolders.add(folder);
  await removeLeftovers(folder, temporaryFiles);
}

async function renameWithoutOverwriting(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, systemPath(path));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      // A network drive may repeat a request whose answer was lost, and then find the link that it has just made.
      if (await isSameFile(temporary, path)) return;
      throw error;
    }
    // This file system has no hard links.
    if (await exists(path)) throw outputExists(path);
    await rename(temporary, systemPath(path));
  }
}

async function isSameFile(path: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([path, other].map((each) => stat(systemPath(each), { bigint: true })));
  return one !== undefined && two !== undefined && one.ino === two.ino && one.dev === two.dev && one.ino !== 0n;
}

/** Error codes of file systems that cannot flush at all, or cannot flush this kind of file. */
const CANNOT_FLUSH: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM', 'EBADF']);

/** Resolves when what was written to the file is on the disk. */
async function flushFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } catch (error) {
    if (!CANNOT_FLUSH.has(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Resolves when the names in a folder are on the disk, if the file system can promise that. Network drives and FUSE refuse with
 * many different errors, and Windows does not open folders. The file itself is there and complete, so no error counts as a
 * failure.
 */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(systemPath(path), 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // See above.
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(systemPath(path));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

export function outputExists(path: string): RuntimeError {
  return new RuntimeError('OUTPUT_EXISTS', `${shownPath(path)} is there already (--overwrite replaces it)`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no room on the disk',
  EDQUOT: 'no room within the disk quota',
  EFBIG: 'the file system takes no file of this size',
  ENOENT: 'no file or folder can be made there',
  EACCES: 'no right to write there',
  EPERM: 'no right to write there',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'a file stands where a folder is needed',
  EISDIR: 'a folder stands where the file should go',
  ENAMETOOLONG: 'the name is too long',
};

function writeError(path: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  const code = codeOf(error);
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  if (code === 'EEXIST' && call === 'link') return outputExists(path);
  const reason = REASONS[code ?? ''] ?? messageOf(error);
  const suffix = code !== undefined && REASONS[code] !== undefined ? ` (${code})` : '';
  return new RuntimeError('WRITE_FAILED', `cannot write ${shownPath(path)}: ${reason}${suffix}`, { cause: error });
}
