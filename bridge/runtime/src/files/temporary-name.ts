import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';
import { systemPath } from './path-bytes.ts';

/*
 * The name of a temporary file says which computer (or container) and which process writes it. A process that was killed cannot
 * remove its files; the next process that writes into the folder does.
 */

const NAME = /^\.evenlight-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.part$/;
const host = hostHash();

/** A new name for a file of this process, 46 bytes at most. */
export function temporaryName(): string {
  return `.evenlight-${host}-${process.pid}-${randomBytes(6).toString('hex')}.part`;
}

/**
 * Removes temporary files of this computer's processes that no longer run. Files with this process' own number may be left from
 * an earlier process, as in containers.
 *
 * @param inUse paths that this process is writing
 */
export async function removeLeftovers(folder: string, inUse: ReadonlySet<string>): Promise<void> {
  const names = await readdir(systemPath(folder), { encoding: 'buffer' }).catch(() => []);
  for (const name of names.map((bytes) => bytes.toString('latin1'))) {
    const match = NAME.exec(name);
    if (match === null || match[1] !== host) continue;
    const isOwn = Number(match[2]) === process.pid;
    if (isOwn ? [...inUse].some((path) => basename(path) === name) : isProcessAlive(Number(match[2]))) continue;
    await rm(systemPath(join(folder, name)), { force: true }).catch(() => undefined);
  }
}

/** Containers may share folders and host names, but each numbers its own processes. */
function hostHash(): string {
  let processNumbers = '';
  try {
    processNumbers = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux.
  }
  return createHash('sha256').update(`${hostname()} ${processNumbers}`).digest('hex').slice(0, 8);
}
