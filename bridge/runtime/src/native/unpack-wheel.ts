import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';

export interface UnpackedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Takes files out of a wheel (a zip), straight from the disk to the disk: the largest one has 0.8 GB.
 *
 * @param place where an entry goes, relative to the folder; undefined leaves it out
 * @throws RuntimeError `SETUP_FAILED`
 */
export async function unpackWheel(
  wheelPath: string,
  folder: string,
  place: (pathInWheel: string) => string | undefined,
): Promise<readonly UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  try {
    const zip = await openPromise(wheelPath, { autoClose: false });
    try {
      for await (const entry of zip.eachEntry()) {
        const path = entry.fileName.endsWith('/') ? undefined : place(entry.fileName);
        if (path === undefined) continue;
        await writeEntry(await zip.openReadStreamPromise(entry), join(folder, path));
        files.push({ path, sizeBytes: entry.uncompressedSize });
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    throw new RuntimeError('SETUP_FAILED', `${wheelPath} cannot be unpacked: ${messageOf(cause)}`, { cause });
  }
  return files;
}

async function writeEntry(content: NodeJS.ReadableStream, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(content, createWriteStream(path));
}
