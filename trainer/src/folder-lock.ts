import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { codeOf, messageOf } from '@evenlight/models';
import { isProcessAlive } from '@evenlight/runtime';
import { TrainerError } from './errors.ts';

const LOCK_FILE = '.lock';

/** A lock is empty for less than this while its process writes it. */
const [LOOKS, LOOK_MS] = [5, 100];

/**
 * Runs `work` while this process alone may write to a folder, which is made if it is missing. A lock that a process left behind
 * when it was killed does not count.
 *
 * @throws TrainerError `BAD_OPTION` when another process works there, `NO_SPACE` when the folder cannot be written
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(folder, LOCK_FILE);
  await take(folder, file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(folder: string, file: string): Promise<void> {
  const own = `${os.hostname()} ${process.pid}\n`;
  for (let attempt = 0; ; attempt++) {
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(file, own, { flag: 'wx' });
      return;
    } catch (cause) {
      if (!isExisting(cause)) {
        const reason = messageOf(cause);
        throw new TrainerError('NO_SPACE', `cannot write to ${folder} (${reason})`, { cause });
      }
    }
    const holder = await holderOf(file);
    const [host = '', pid = ''] = holder.trim().split(' ');
    const isLeft = holder === '' || (host === os.hostname() && !isProcessAlive(Number(pid)));
    if (attempt > 0 || !isLeft) {
      const who = holder === '' ? 'another process' : `process ${pid} on ${host}`;
      const remedy = `wait for it, choose another --out, or remove ${file} if it is gone`;
      throw new TrainerError('BAD_OPTION', `${folder}: ${who} works there; ${remedy}`);
    }
    await rm(file, { force: true });
  }
}

/** The holder of a lock. Empty if the file stays empty: then its process was killed between creating it and writing to it. */
async function holderOf(file: string): Promise<string> {
  for (let look = 0; look < LOOKS; look++) {
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (holder !== '') return holder;
    await setTimeout(LOOK_MS);
  }
  return '';
}

function isExisting(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}
