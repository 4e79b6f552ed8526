import { Zip, ZipPassThrough } from 'fflate';
import { resultName, uniqueName } from './save-file.ts';
import type { Studio, StudioItem } from './studio.ts';

export interface ZipProgress {
  readonly done: number;
  readonly of: number;
}

export interface ZipOutcome {
  readonly zip: Blob | undefined;
  readonly failed: readonly { readonly item: StudioItem; readonly error: unknown }[];
}

/**
 * Writes the results of several photographs into one zip, one after the other. Photographs are compressed already: the zip
 * stores them. One that cannot be written is left out.
 *
 * @throws the signal's reason
 */
export async function zipResults(
  studio: Studio,
  items: readonly StudioItem[],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (progress: ZipProgress) => void },
): Promise<ZipOutcome> {
  const parts: BlobPart[] = [];
  const failed: { item: StudioItem; error: unknown }[] = [];
  const names = new Set<string>();
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    // The zip writer reuses the arrays of its pieces.
    parts.push(new Uint8Array(chunk));
  });
  for (const [done, item] of items.entries()) {
    onProgress({ done, of: items.length });
    try {
      const result = await studio.write(item, signal);
      const entry = new ZipPassThrough(uniqueName(resultName(item.file, result), names));
      entry.mtime = item.file.lastModified || Date.now();
      zip.add(entry);
      entry.push(new Uint8Array(await result.arrayBuffer()), true);
      // The browser may keep a Blob on its disk, which frees memory.
      parts.splice(0, parts.length, new Blob(parts));
    } catch (error) {
      signal.throwIfAborted();
      failed.push({ item, error });
    }
  }
  onProgress({ done: items.length, of: items.length });
  zip.end();
  return { zip: names.size === 0 ? undefined : new Blob(parts, { type: 'application/zip' }), failed };
}
