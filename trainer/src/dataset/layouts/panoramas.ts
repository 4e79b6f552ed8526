import { type Layout, PICTURE } from './layout.ts';

const PHOTO = new RegExp(`${PICTURE}$`, 'i');

/** HDR panoramas, equirectangular, Radiance RGBE: views of them are rendered at random exposures. */
export const panoramas: Layout = {
  name: 'panoramas',
  title: 'Radiance HDR panoramas',
  looksLike: '*.hdr',
  options: ['licence'],
  recognises: (listing) => listing.has(/\.hdr$/i) && !listing.has(PHOTO),
  read(listing, { options }) {
    const scenes = listing.match(/^(.*)\.hdr$/i).map(({ path, parts: [name = ''] }) => ({
      kind: 'panorama' as const,
      file: listing.pathOf(path),
      set: 'panoramas',
      group: `panoramas/${name}`,
      licence: options.get('licence') ?? 'unknown',
    }));
    const others = listing.files.length - scenes.length;
    return { scenes, problems: [], notes: others === 0 ? [] : [`${others} files that are not .hdr left out`] };
  },
};
