import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file beside its place, flushes it and renames it: whoever reads `file` finds the old content or the new one, never half
 * of one. Nothing is left behind when it fails.
 *
 * @param parts the content, one after the other
 */
export async function writeWholeFile(file: string, parts: readonly (Uint8Array | string)[]): Promise<void> {
  const temporary = `${file}.part`;
  try {
    const handle = await open(temporary, 'w');
    try {
      // Not writev: on a disk that gets full it writes a part and reports success.
      await handle.writeFile(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
