import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeWholeFile } from '@evenlight/runtime';
import { loadPhoto, type StoredPhoto } from './picture-store.ts';

/** Files below this size decode about as quickly as the cache is read. */
const SMALLEST_CACHED_BYTES = 1_000_000;
/** To be raised when the stored form changes. */
const FORMAT = 1;
const HEADER_BYTES = 8;

/**
 * {@link loadPhoto} with a cache of decoded large files in `cacheFolder`: a raw file takes seconds, its cached form at
 * 512 pixels a millisecond. A file that changed is decoded again; a cache that cannot be written is not used.
 */
export async function loadPhotoCached(
  file: string,
  maxSide: number,
  cacheFolder: string | undefined,
): Promise<StoredPhoto> {
  const entry = cacheFolder === undefined ? undefined : await entryOf(file, maxSide, cacheFolder);
  if (entry === undefined) return loadPhoto(file, maxSide);
  const kept = await readEntry(entry);
  if (kept) return kept;
  const photo = await loadPhoto(file, maxSide);
  await writeEntry(entry, photo).catch(() => undefined);
  return photo;
}

async function entryOf(file: string, maxSide: number, cacheFolder: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found || found.size < SMALLEST_CACHED_BYTES) return undefined;
  const facts = [FORMAT, path.resolve(file), found.size, found.mtimeMs, maxSide];
  return path.join(cacheFolder, createHash('sha256').update(JSON.stringify(facts)).digest('hex'));
}

async function readEntry(entry: string): Promise<StoredPhoto | undefined> {
  const bytes = await readFile(entry).catch(() => undefined);
  if (!bytes || bytes.length < HEADER_BYTES) return undefined;
  const [width, height] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  if (bytes.length !== HEADER_BYTES + width * height * 3) return undefined;
  const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  pixels.set(bytes.subarray(HEADER_BYTES));
  return { width, height, pixels };
}

async function writeEntry(entry: string, { width, height, pixels }: StoredPhoto): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(width, 0);
  header.writeUInt32LE(height, 4);
  await mkdir(path.dirname(entry), { recursive: true });
  await writeWholeFile(entry, [header, pixels]);
}
