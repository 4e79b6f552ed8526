import { readCollection, type CollectionItem } from '../dataset/collection.ts';
import { loadPhoto, loadRadiance } from '../dataset/picture-store.ts';
import type { Split } from '../dataset/split.ts';
import { TrainerError } from '../errors.ts';
import type { RunFile } from '../run-file.ts';
import type { PairSources } from './pair-maker.ts';

/** Decodes the photographs of one split of a collection into shared memory. `train/native` crops are not used here. */
export async function loadSources(folder: string, run: RunFile, split: Split): Promise<PairSources> {
  const items = (await readCollection(folder, run.seed)).filter((item) => item.split === split);
  const photos = (eye: CollectionItem['eye']): CollectionItem[] =>
    items.filter((item) => item.kind === 'photo' && item.eye === eye);
  const sources = {
    photo: await inOrder(photos('ok'), (item) => loadPhoto(item.path, run.photoSide)),
    lowkey: await inOrder(photos('lowkey'), (item) => loadPhoto(item.path, run.photoSide)),
    panorama: await inOrder(
      items.filter((item) => item.kind === 'hdri' && item.eye === 'ok'),
      (item) => loadRadiance(item.path),
    ),
  };
  for (const source of new Set(run.pairs.map((pair) => pair.source))) {
    if (sources[source].length === 0) {
      throw new TrainerError(
        'BAD_DATASET',
        `${folder}: no '${source}' in the ${split} split, the run file asks for some`,
      );
    }
  }
  return sources;
}

async function inOrder<T>(items: readonly CollectionItem[], load: (item: CollectionItem) => Promise<T>): Promise<T[]> {
  const loaded: T[] = [];
  for (const item of items) loaded.push(await load(item));
  return loaded;
}
