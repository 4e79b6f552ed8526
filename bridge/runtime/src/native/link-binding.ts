import { mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';

/**
 * Puts a link to the compiled binding where the npm package looks for it, in one step: a process that loads it at that moment
 * gets the old one or the new one.
 *
 * @throws RuntimeError `SETUP_FAILED` if the package's folder cannot be written
 */
export async function linkBinding(target: string, linkPath: string): Promise<void> {
  if (await isLinkTo(linkPath, target)) return;
  const temporaryPath = `${linkPath}.${process.pid}.part`;
  try {
    await mkdir(dirname(linkPath), { recursive: true });
    await rm(temporaryPath, { force: true });
    await symlink(target, temporaryPath);
    await rename(temporaryPath, linkPath);
  } catch (cause) {
    await rm(temporaryPath, { force: true }).catch(() => undefined);
    throw new RuntimeError('SETUP_FAILED', `${linkPath} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

/** Whether there is such a link already. */
export async function isLinkTo(linkPath: string, target: string): Promise<boolean> {
  return (await readlink(linkPath).catch(() => undefined)) === target;
}
