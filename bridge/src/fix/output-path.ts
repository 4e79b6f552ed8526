import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { PhotoFormat } from '../codec/photo.ts';
import { extensionOf, formatOfName } from '../codec/sniff-format.ts';
import { BridgeError } from '../errors.ts';
import { outputExists } from './atomic-file.ts';
import { FIXED_SUFFIX, type FoundPhoto } from './find-photos.ts';

export interface OutputOptions {
  /** Absolute; without it the result stands beside its original, with `-fixed` in its name. */
  readonly outFolder?: string;
  readonly format: PhotoFormat | 'keep';
}

/** Where a photograph's result goes. The ending changes only where the format does. */
export function outputPath({ path, relativePath }: FoundPhoto, { outFolder, format }: OutputOptions): string {
  const extension = extname(path);
  const target = format === 'keep' || formatOfName(path) === format ? extension : extensionOf(format);
  const name = basename(path, extension);
  if (outFolder === undefined) return join(dirname(path), `${name}${FIXED_SUFFIX}${target}`);
  return resolve(outFolder, dirname(relativePath), `${name}${target}`);
}

/** Guards the files of one run: no input is overwritten, and no result by another one. */
export class OutputGuard {
  readonly #inputs = new Map<string, string>();
  readonly #outputs = new Map<string, string>();

  async addInput(path: string): Promise<void> {
    const identity = await identityOf(path);
    if (identity !== undefined) this.#inputs.set(identity, path);
  }

  /** @throws BridgeError `OUTPUT_EXISTS` */
  async claim(input: string, output: string, overwrite: boolean): Promise<void> {
    // Some file systems take "A.JPG" and "a.jpg" for the same name.
    const key = output.toLowerCase();
    const other = this.#outputs.get(key);
    if (other !== undefined) {
      throw new BridgeError('OUTPUT_EXISTS', `${output} is already the result of ${other}: fix them in separate runs`);
    }
    const identity = await identityOf(output);
    if (identity !== undefined && this.#inputs.has(identity)) {
      throw new BridgeError(
        'OUTPUT_EXISTS',
        `${output} is an original, which is never overwritten: choose another --out`,
      );
    }
    if (identity !== undefined && !overwrite) throw outputExists(output);
    this.#outputs.set(key, input);
  }
}

/** What tells a file from every other one, by whatever path it is reached. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${String(dev)}:${String(ino)}`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
