import type { ListedFile } from '../folder-listing.ts';
import { type Layout, PICTURE } from './layout.ts';
import { pairUp } from './pair-up.ts';

const EXPOSURE = new RegExp(String.raw`^(.*/)?(\d+)/(\d+)${PICTURE}$`, 'i');
const LABEL = new RegExp(String.raw`^(.*/)?Label/(\d+)${PICTURE}$`, 'i');

/**
 * SICE (Cai et al. 2018): `Dataset_Part1` and `Dataset_Part2`, each with numbered scenes of numbered exposures, darkest
 * first, and a `Label` folder with the best fusion of each. Archives unpack to the part's folder within itself; both forms
 * are read. There are no official parts.
 */
export const sice: Layout = {
  name: 'sice',
  title: 'SICE multi-exposure set (Cai et al. 2018)',
  looksLike: 'Dataset_Part1/1/1.JPG … and Dataset_Part1/Label/1.JPG',
  options: [],
  recognises: (listing) => listing.has(EXPOSURE) && listing.has(LABEL),
  read(listing) {
    const exposures = listing.match(EXPOSURE);
    const lengths = new Map<string, number[]>();
    for (const file of exposures) {
      lengths.set(sceneOf(file), [...(lengths.get(sceneOf(file)) ?? []), Number(file.parts[2])]);
    }
    const inputs = exposures.map((file) => ({
      path: file.path,
      key: sceneOf(file),
      set: `sice-${exposureName(Number(file.parts[2]), lengths.get(sceneOf(file))!)}`,
      group: `sice/${sceneOf(file)}`,
    }));
    const targets = listing.match(LABEL).map((file) => ({ path: file.path, key: sceneOf(file) }));
    return pairUp(listing, inputs, targets, 'academic research only (CC BY-NC 4.0)');
  },
};

/** `part1/17`: the part is the last number of that form in the path, none for a part on its own. */
function sceneOf({ parts: [folder = '', number = ''] }: ListedFile): string {
  const part = /.*part[ _-]?(\d)/i.exec(folder)?.[1];
  return part === undefined ? String(Number(number)) : `part${part}/${Number(number)}`;
}

/** Exposures are numbered from dark to bright; the middle one of an odd number is neither. */
function exposureName(number: number, numbers: readonly number[]): string {
  const darker = numbers.filter((other) => other < number).length;
  const brighter = numbers.filter((other) => other > number).length;
  if (darker === brighter) return 'middle';
  return darker < brighter ? 'under' : 'over';
}
