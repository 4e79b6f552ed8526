import { readCollection, type CollectionItem } from '../collection.ts';
import type { GoodPicture, Scene } from '../scene.ts';
import type { Layout } from './layout.ts';

/** Photographs, crops of photographs at native resolution, and panoramas, with a manifest of their licences. */
export const collection: Layout = {
  name: 'collection',
  title: 'collection of licensed photographs and panoramas',
  looksLike: 'manifest.csv with the columns file,kind,eye,licence',
  options: [],
  recognises: (listing) => listing.has(/^manifest\.csv$/),
  async read({ folder }, { seed }) {
    const items = await readCollection(folder, seed);
    const scenes = items.flatMap((item): Scene[] => {
      const kind = kindOf(item);
      return kind === undefined ? [] : [sceneOf(item, kind)];
    });
    const left = items.length - scenes.length;
    return { scenes, problems: [], notes: left === 0 ? [] : [`${left} dark panoramas left out`] };
  },
};

function kindOf({ kind, eye }: CollectionItem): GoodPicture['kind'] | undefined {
  if (kind === 'native') return kind;
  if (kind === 'photo') return eye === 'ok' ? 'photo' : eye;
  return eye === 'ok' ? 'panorama' : undefined;
}

function sceneOf({ path, series, licence, split, author, source }: CollectionItem, kind: GoodPicture['kind']): Scene {
  return { kind, file: path, set: 'collection', group: `collection/${series}`, licence, split, author, source };
}
