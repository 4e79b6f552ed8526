import type { BigIntStats } from 'node:fs';
import { chmod, stat, utimes } from 'node:fs/promises';
import { plainPath, shownPath, systemPath } from '@evenlight/runtime';
import { decodePhoto } from '../codec/decode-photo.ts';
import type { Photo } from '../codec/photo.ts';
import { BridgeError } from '../errors.ts';
import { cannotRead } from '../files/file-kind.ts';

/** The file of an original. It must not change while it is read: half of one picture and half of another would be fixed. */
export class SourceFile {
  readonly #path: string;
  #stats: BigIntStats | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads a page as it is stored.
   *
   * @param page from 0
   * @throws BridgeError `FILE_CHANGED` when somebody still writes the file, `CANNOT_READ`, and those of `decodePhoto`
   */
  async decode(page = 0): Promise<Photo> {
    this.#stats ??= await statsOf(this.#path);
    const stats = this.#stats;
    const photo = await decodePhoto(await plainPath(this.#path), page).catch(async (error: unknown) => {
      if (isChanged(stats, await statsOf(this.#path))) throw changed(this.#path);
      throw error instanceof BridgeError ? error : cannotRead(this.#path, error);
    });
    if (isChanged(stats, await statsOf(this.#path))) throw changed(this.#path);
    return photo;
  }

  /** Gives a result the original's date if that is wanted and, in place, the original's permissions. */
  async takeOver(
    temporary: string,
    { output, keepDates }: { readonly output: string; readonly keepDates?: boolean },
  ): Promise<void> {
    const stats = this.#stats;
    if (stats === undefined) return;
    if (this.#path === output) await chmod(temporary, Number(stats.mode & 0o7777n));
    if (keepDates === true) await utimes(temporary, Number(stats.atimeMs) / 1000, Number(stats.mtimeNs / 1000n) / 1e6);
  }
}

async function statsOf(path: string): Promise<BigIntStats> {
  try {
    return await stat(systemPath(path), { bigint: true });
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function isChanged(before: BigIntStats, after: BigIntStats): boolean {
  return before.size !== after.size || before.mtimeNs !== after.mtimeNs || before.ino !== after.ino;
}

function changed(path: string): BridgeError {
  return new BridgeError('FILE_CHANGED', `${shownPath(path)}: changed while it was read; fix it when it is complete`);
}
