import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { constants, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BridgeError } from '../errors.ts';
import { makeFolders } from '../make-folders.ts';

/*
 * Files appear whole or not at all: written under another name in the same folder, flushed to the disk, then given their
 * name. Giving the name is `link` where nothing may be overwritten, because it fails if the name exists, which `rename` does
 * not; on file systems without hard links (exFAT, some network drives) a check before `rename` has to do.
 */

const temporaryFiles = new Set<string>();

export interface AtomicOptions {
  readonly overwrite: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes a file.
 *
 * @param write writes it, whole, to the path that it gets
 * @throws BridgeError `OUTPUT_EXISTS`, `WRITE_FAILED`, `CANCELLED`, and those of `write`
 */
export async function writeFileAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
  { overwrite, signal }: AtomicOptions,
): Promise<void> {
  const folder = dirname(path);
  await makeFolders(folder).catch((error: unknown) => {
    throw writeError(path, error);
  });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  temporaryFiles.add(temporary);
  try {
    await write(temporary);
    await syncFile(temporary, 'r+');
    signal?.throwIfAborted();
    await (overwrite ? rename(temporary, path) : renameWithoutOverwriting(temporary, path));
    // Windows cannot open folders and does not need it.
    if (process.platform !== 'win32') await syncFile(folder, 'r');
  } catch (error) {
    throw signal?.aborted === true ? cancelled() : writeError(path, error);
  } finally {
    await rm(temporary, { force: true });
    temporaryFiles.delete(temporary);
  }
}

/**
 * Copies a file byte for byte.
 *
 * @throws BridgeError `OUTPUT_EXISTS`, `WRITE_FAILED`, `CANCELLED`
 */
export function copyFileAtomically(source: string, path: string, options: AtomicOptions): Promise<void> {
  const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
  return writeFileAtomically(path, (temporary) => copyFile(source, temporary, flags), options);
}

/** Removes what is half-written. For the moment before the process ends by force. */
export function removeTemporaryFiles(): void {
  for (const path of temporaryFiles) rmSync(path, { force: true });
}

async function renameWithoutOverwriting(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // No hard links here.
    if (await exists(path)) throw outputExists(path);
    await rename(temporary, path);
  }
}

/** What has been written to a file, or the names in a folder, is on the disk when this resolves. */
async function syncFile(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } catch (error) {
    // Network file systems that do not know it for folders.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

export function outputExists(path: string): BridgeError {
  return new BridgeError('OUTPUT_EXISTS', `${path} is there already (--overwrite replaces it)`);
}

function cancelled(): BridgeError {
  return new BridgeError('CANCELLED', 'cancelled');
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

function writeError(path: string, error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  const code = codeOf(error);
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  if (code === 'EEXIST' && call === 'link') return outputExists(path);
  const reason = REASONS[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
  const suffix = code !== undefined && REASONS[code] !== undefined ? ` (${code})` : '';
  return new BridgeError('WRITE_FAILED', `cannot write ${path}: ${reason}${suffix}`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
