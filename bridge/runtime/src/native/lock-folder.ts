import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import { isProcessAlive } from '../process-alive.ts';

const LOCK_FILE = 'setup.lock';

/**
 * Keeps a second set-up from using the same folder. The lock of a process that no longer runs is taken over at once.
 * (`proper-lockfile` goes by the lock's age, so after a crash the next set-up would have to wait.)
 *
 * @returns releases the lock
 * @throws RuntimeError `SETUP_FAILED` if another set-up is at work, or the folder cannot be written
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isProcessAlive(owner)) {
    throw new RuntimeError('SETUP_FAILED', `another set-up (process ${owner}) is at work in ${folder}; wait for it`);
  }
  try {
    await rm(path, { force: true });
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (cause) {
    throw new RuntimeError('SETUP_FAILED', `${path} cannot be written: ${messageOf(cause)}`, { cause });
  }
  return () => rm(path, { force: true });
}
