import type { GoodPicture } from '../scene.ts';
import { type Layout, PICTURE } from './layout.ts';

const PHOTO = new RegExp(String.raw`^(.*)${PICTURE}$`, 'i');
const PHOTO_HERE = new RegExp(String.raw`^[^/]*${PICTURE}$`, 'i');

/**
 * Good photographs without a manifest. They are recognised only where pictures lie in the folder itself and nowhere below it:
 * pictures in sub-folders may be anything, inputs too. Naming this layout states that all of them are good.
 */
export const photographs: Layout = {
  name: 'photographs',
  title: 'good photographs',
  looksLike: 'pictures in the folder itself (named explicitly: in its sub-folders too)',
  options: ['licence'],
  recognises: (listing) => listing.has(PHOTO_HERE) && listing.match(PHOTO).length === listing.match(PHOTO_HERE).length,
  read(listing, { options }) {
    const scenes = listing.match(PHOTO).map(({ path, parts: [name = ''] }): GoodPicture => ({
      kind: 'photo',
      file: listing.pathOf(path),
      set: 'photographs',
      group: `photographs/${name}`,
      licence: options.get('licence') ?? 'unknown',
    }));
    const others = listing.files.length - scenes.length;
    return { scenes, problems: [], notes: others === 0 ? [] : [`${others} files that are not pictures left out`] };
  },
};
