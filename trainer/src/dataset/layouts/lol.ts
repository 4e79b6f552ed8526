import type { DatasetPart } from '../scene.ts';
import { type Layout, PICTURE } from './layout.ts';
import { pairUp } from './pair-up.ts';

const V1 = new RegExp(String.raw`^(?:.*/)?(our485|eval15)/(low|high)/([^/]+)${PICTURE}$`, 'i');
const V2 = new RegExp(
  String.raw`^(?:.*/)?(Real_captured|Synthetic)/(Train|Test)/(Low|Normal)/(?:low|normal)?([^/]+)${PICTURE}$`,
  'i',
);

interface LowLightFile {
  readonly path: string;
  readonly key: string;
  readonly set: string;
  readonly group: string;
  readonly part: DatasetPart;
  readonly isInput: boolean;
}

/**
 * LOL, low light: version 1 (Wei et al. 2018) with `our485` and `eval15`, version 2 (Yang et al. 2021) with `Real_captured`
 * and `Synthetic`. Both versions' real photographs overlap: check for leaks when you use both.
 */
export const lol: Layout = {
  name: 'lol',
  title: 'LOL low-light pairs, version 1 (Wei et al. 2018) or 2 (Yang et al. 2021)',
  looksLike: 'our485|eval15/low|high or Real_captured|Synthetic/Train|Test/Low|Normal',
  options: [],
  recognises: (listing) => listing.has(V1) || listing.has(V2),
  read(listing) {
    const first = listing.match(V1).map(({ path, parts: [folder = '', side = '', name = ''] }) => {
      const part = /^our/i.test(folder) ? 'train' : 'test';
      return fileOf(path, { set: 'lol-v1', part, name, isInput: /^low$/i.test(side) });
    });
    const second = listing.match(V2).map(({ path, parts: [kind = '', folder = '', side = '', name = ''] }) => {
      const set = /^real/i.test(kind) ? 'lol-v2-real' : 'lol-v2-synthetic';
      const part = /^train$/i.test(folder) ? 'train' : 'test';
      return fileOf(path, { set, part, name, isInput: /^low$/i.test(side) });
    });
    const files = [...first, ...second];
    return pairUp(
      listing,
      files.filter((file) => file.isInput),
      files.filter((file) => !file.isInput),
      'unknown: its authors state none',
    );
  },
};

/** Each part numbers its scenes from the start, so the part belongs to the scene's name. */
function fileOf(
  path: string,
  { set, part, name, isInput }: { set: string; part: DatasetPart; name: string; isInput: boolean },
): LowLightFile {
  const key = `${set}/${part}/${name}`;
  return { path, key, set, group: key, part, isInput };
}
