import type { ListedFile } from '../folder-listing.ts';
import type { DatasetPart } from '../scene.ts';
import { type Layout, PICTURE } from './layout.ts';
import { pairUp } from './pair-up.ts';

const FILE = new RegExp(
  String.raw`^(?:(train|training|val|validation|test|testing)/)?(input|target)/(.+)${PICTURE}$`,
  'i',
);

/** Pairs of one's own: equal names (endings may differ) in `input/` and `target/`, in parts if there are such folders. */
export const inputTarget: Layout = {
  name: 'input-target',
  title: 'pairs in input/ and target/',
  looksLike: 'input/NAME.jpg and target/NAME.jpg, if you like within train/, validation/, test/',
  options: ['licence'],
  recognises: (listing) => ['input', 'target'].every((side) => listing.match(FILE).some(isOn(side))),
  read(listing, { options }) {
    const files = listing.match(FILE);
    const inputs = files.filter(isOn('input')).map((file) => ({
      path: file.path,
      key: nameOf(file),
      set: 'pairs',
      group: nameOf(file),
      part: partOf(file),
    }));
    const targets = files.filter(isOn('target')).map((file) => ({ path: file.path, key: nameOf(file) }));
    return pairUp(listing, inputs, targets, options.get('licence') ?? 'unknown');
  },
};

function isOn(side: string): (file: ListedFile) => boolean {
  return ({ parts }) => parts[1]!.toLowerCase() === side;
}

function nameOf({ parts: [folder = '', , name = ''] }: ListedFile): string {
  return folder === '' ? name : `${folder.toLowerCase()}/${name}`;
}

function partOf({ parts: [folder = ''] }: ListedFile): DatasetPart | undefined {
  if (folder === '') return undefined;
  if (/^train/i.test(folder)) return 'train';
  return /^val/i.test(folder) ? 'validation' : 'test';
}
