import { createHash } from 'node:crypto';
import { contentHash } from './file-content.ts';
import type { FixOptions } from './fix-options.ts';
import type { NetworkChecksums } from './network-checksums.ts';

/**
 * A short hash of everything that decides what a result looks like, beside its original. A reference that cannot be read
 * counts by its path: the run will say why.
 *
 * @param model its name and the weights: results of other weights are others. Those of the restoration count where noise is cleaned
 */
export async function settingsHash(
  options: Pick<FixOptions, 'strength' | 'evBias' | 'format' | 'upright' | 'kind' | 'reference' | 'restore'>,
  { name, checksums }: { readonly name: string; readonly checksums: NetworkChecksums },
): Promise<string> {
  const { strength, evBias, format, upright, kind, reference, restore = 'off' } = options;
  const series = reference === undefined ? '' : await contentHash(reference).catch(() => reference);
  const cleaning = restore === 'off' ? [] : [restore, checksums.restoration];
  const look = [strength, evBias, format, upright, kind, series, ...cleaning];
  const settings = JSON.stringify([name, checksums.exposure, ...look]);
  return createHash('sha256').update(settings).digest('hex').slice(0, 16);
}
