import { createHash } from 'node:crypto';
import { contentHash } from './file-content.ts';
import type { FixOptions } from './fix-options.ts';

/**
 * A short hash of everything that decides what a result looks like, beside its original. A reference that cannot be read
 * counts by its path: the run will say why.
 *
 * @param model its name and its checksum: results of other weights are others
 */
export async function settingsHash(
  options: Pick<FixOptions, 'strength' | 'evBias' | 'format' | 'upright' | 'kind' | 'reference' | 'restore'>,
  model: { readonly name: string; readonly checksum: string },
): Promise<string> {
  const { strength, evBias, format, upright, kind, reference, restore = 'off' } = options;
  const series = reference === undefined ? '' : await contentHash(reference).catch(() => reference);
  const cleaning = restore === 'off' ? [] : [restore];
  const look = [strength, evBias, format, upright, kind, series, ...cleaning];
  const settings = JSON.stringify([model.name, model.checksum, ...look]);
  return createHash('sha256').update(settings).digest('hex').slice(0, 16);
}
