import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { constants, copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BridgeError } from '../errors.ts';

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
 * Writes a file of several parts.
 *
 * @throws BridgeError `OUTPUT_EXISTS`, `WRITE_FAILED`, `CANCELLED`
 */
export async function writeFileAtomically(
  path: string,
  parts: readonly Uint8Array[],
  options: AtomicOptions,
): Promise<void> {
  await publish(path, options, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      const { signal } = options;
      for (const part of parts) await file.writeFile(part, signal === undefined ? {} : { signal });
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/**
 * Copies a file byte for byte.
 *
 * @throws BridgeError `OUTPUT_EXISTS`, `WRITE_FAILED`, `CANCELLED`
 */
export async function copyFileAtomically(source: string, path: string, options: AtomicOptions): Promise<void> {
  await publish(path, options, async (temporary) => {
    await copyFile(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const file = await open(temporary, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Removes what is half-written. For the moment before the process ends by force. */
export function removeTemporaryFiles(): void {
  for (const path of temporaryFiles) rmSync(path, { force: true });
}

async function publish(
  path: string,
  { overwrite, signal }: AtomicOptions,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  temporaryFiles.add(temporary);
  try {
    await mkdir(folder, { recursive: true });
    await write(temporary);
    signal?.throwIfAborted();
    await (overwrite ? rename(temporary, path) : renameWithoutOverwriting(temporary, path));
    await syncFolder(folder);
  } catch (error) {
    throw signal?.aborted === true ? cancelled() : writeError(path, error);
  } finally {
    await rm(temporary, { force: true });
    temporaryFiles.delete(temporary);
  }
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

/** The name is safe only when the folder is on the disk too. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Network file systems that do not know it.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

export async function exists(path: string): Promise<boolean> {
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
