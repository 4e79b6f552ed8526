import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIBRARY_RECORD_FILE, parseLibraryRecord, type LibraryRecord } from './library-record.ts';

/** The record of a library folder, if all of its files are there in full length; else undefined. */
export async function checkLibraryFolder(folder: string): Promise<LibraryRecord | undefined> {
  const text = await readFile(join(folder, LIBRARY_RECORD_FILE), 'utf8').catch(() => '');
  const record = parseLibraryRecord(text);
  for (const { path, sizeBytes } of record?.files ?? []) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.size !== sizeBytes) return undefined;
  }
  return record;
}

/** Marks a library folder as finished. */
export async function writeLibraryRecord(folder: string, record: LibraryRecord): Promise<void> {
  await writeFile(join(folder, LIBRARY_RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
}
