import { open } from 'node:fs/promises';
import { systemPath } from '@evenlight/runtime';

/** Writes the parts of a file to a path that does not exist. */
export async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(systemPath(path), 'wx');
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}
