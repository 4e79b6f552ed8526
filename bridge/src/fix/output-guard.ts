import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '@evenlight/models';
import { makeFolders, outputExists, shownPath, systemPath } from '@evenlight/runtime';
import { BridgeError } from '../errors.ts';

/** Guards the files of one run: no input is overwritten, and no result by another one. */
export class OutputGuard {
  readonly #inputs = new Set<string>();
  /** The outputs claimed and their inputs, by the name that a forgetful file system sees. */
  readonly #claims = new Map<string, { readonly output: string; readonly input: string }[]>();

  async addInput(path: string): Promise<void> {
    const identity = await identityOf(path);
    if (identity !== undefined) this.#inputs.add(identity);
  }

  /** @throws BridgeError `OUTPUT_EXISTS` */
  async claim(input: string, output: string, overwrite: boolean): Promise<void> {
    const key = output.normalize('NFC').toLowerCase();
    const alike = this.#claims.get(key) ?? [];
    this.#claims.set(key, [...alike, { output, input }]);
    for (const other of alike) {
      if (other.output === output || (await areSameHere(dirname(output), basename(output), basename(other.output)))) {
        throw new BridgeError(
          'OUTPUT_EXISTS',
          `${shownPath(output)} is already the result of ${shownPath(other.input)}: rename one of the photographs`,
        );
      }
    }
    const identity = await identityOf(output);
    if (identity !== undefined && this.#inputs.has(identity)) {
      throw new BridgeError(
        'OUTPUT_EXISTS',
        `${shownPath(output)} is an original, which is never overwritten: choose another --out`,
      );
    }
    if (identity !== undefined && !overwrite) throw outputExists(output);
  }
}

/** Asks the file system whether it takes two names that differ in case, or in how accents are composed, for the same. */
async function areSameHere(folder: string, name: string, other: string): Promise<boolean> {
  try {
    await makeFolders(folder);
    const probe = await mkdtemp(join(folder, '.evenlight-'));
    try {
      await writeFile(join(probe, name), '');
      return (await identityOf(join(probe, other))) !== undefined;
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
  } catch {
    // If it cannot be asked, the names count as the same: the second photograph is refused, the first result is safe.
    return true;
  }
}

/** The identity of a file, by whatever path it is reached. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(systemPath(path), { bigint: true });
    return `${String(dev)}:${String(ino)}`;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}
