import { open } from 'node:fs/promises';
import { writeFileAtomically } from './atomic-file.ts';

/**
 * Writes a file completely or not at all, and replaces an existing one: readers of `path` see the old content or the new one.
 *
 * @param parts the content, one after the other
 * @throws RuntimeError `WRITE_FAILED`
 */
export async function writeWholeFile(path: string, parts: readonly (Uint8Array | string)[]): Promise<void> {
  const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  await writeFileAtomically(
    path,
    async (temporary) => {
      const handle = await open(temporary, 'wx');
      try {
        // Not `writev`: when the disk becomes full, it writes a part and reports success.
        await handle.writeFile(bytes);
      } finally {
        await handle.close();
      }
    },
    { overwrite: true },
  );
}
