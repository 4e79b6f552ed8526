import { readCollection, type CollectionItem } from '../../dataset/collection.ts';

/** How many photographs of the train split are used to choose the rivals' strengths. */
const TUNING_PHOTOGRAPHS = 6;

/** Files of a collection. */
export interface ChosenPhotographs {
  /** Kept out of training. */
  readonly keptBack: readonly string[];
  readonly tuning: readonly string[];
  /** Crops at native resolution that were kept out of training. */
  readonly native: readonly string[];
}

/** What a network that restores is measured on: `photographs` that were kept out of training, evenly from the collection, and others. */
export async function choosePhotographs(
  { collection, photographs }: { readonly collection: string; readonly photographs: number },
  seed: number,
): Promise<ChosenPhotographs> {
  const items = await readCollection(collection, seed);
  const files = (wanted: (item: CollectionItem) => boolean): string[] =>
    items.filter((item) => item.kind !== 'hdri' && wanted(item)).map(({ path: file }) => file);
  return {
    keptBack: evenly(
      files(({ split }) => split !== 'train'),
      photographs,
    ),
    tuning: evenly(
      files(({ split }) => split === 'train'),
      TUNING_PHOTOGRAPHS,
    ),
    native: files(({ kind, split }) => kind === 'native' && split !== 'train'),
  };
}

/** `count` items, evenly from the whole list. */
function evenly<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)]!);
}
