import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import { writeWholeFile } from '@evenlight/runtime';
import { TrainerError } from '../errors.ts';

/**
 * Writes a folder as a whole: the files go to a new folder beside it, which then takes its place. Readers of `folder`
 * see the old files or the new ones; if writing fails, the old ones stay.
 *
 * @param files by path relative to the folder
 * @throws TrainerError `NO_SPACE` if it cannot be written, `BAD_EXPORT` if `folder` holds something that is no model
 */
export async function replaceFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const target = path.resolve(folder);
  const present = await listFolder(target);
  if (present.length > 0 && !present.includes('contract.json')) {
    throw new TrainerError('BAD_EXPORT', `${target} holds ${present[0]!} but no contract.json; it is not replaced`);
  }
  let fresh: string | undefined;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    fresh = await mkdtemp(`${target}.new-`);
    for (const [name, bytes] of files) await writeWholeFile(path.join(fresh, name), [bytes]);
    await swap(fresh, target);
  } catch (cause) {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
    const reason = messageOf(cause);
    throw new TrainerError('NO_SPACE', `cannot write the model to ${target} (${reason})`, { cause });
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // there is none yet; if it cannot be read for another reason, writing says why
  }
}

async function swap(fresh: string, target: string): Promise<void> {
  const old = `${fresh}-old`;
  const hadOld = (await listFolder(target)).length > 0;
  if (hadOld) await rename(target, old);
  else await rm(target, { recursive: true, force: true });
  try {
    await rename(fresh, target);
  } catch (cause) {
    if (hadOld) await rename(old, target);
    throw cause;
  }
  await rm(old, { recursive: true, force: true });
}
