import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { systemPath } from '@evenlight/runtime';

/** SHA-256 of a file's bytes, in hex. */
export async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(systemPath(path)), hash);
  return hash.digest('hex');
}

/** Whether two files have the same bytes. */
export async function isSameContent(path: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([stat(systemPath(path)), stat(systemPath(other))]);
  return one.size === two.size && (await contentHash(path)) === (await contentHash(other));
}
