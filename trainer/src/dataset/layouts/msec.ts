import type { DatasetPart } from '../scene.ts';
import { fivekGroup } from './fivek-names.ts';
import { expertLetters, type Layout, PICTURE } from './layout.ts';
import { pairUp } from './pair-up.ts';

const PART = '(train|training|val|validation|test|testing)';
/** Relative exposures in the names: 0, N1 = −1 EV, N1.5, P1 = +1 EV, P1.5. */
const INPUT = new RegExp(String.raw`^(?:.*/)?${PART}/INPUT_IMAGES/([^/]+)_(0|[NP]\d(?:\.\d)?)${PICTURE}$`, 'i');
const TARGET = new RegExp(
  String.raw`^(?:.*/)?${PART}/(?:GT_IMAGES|expert_([a-e])_testing_set)/([^/]+)${PICTURE}$`,
  'i',
);

/**
 * Multi-exposure set of Afifi et al. (CVPR 2021), rendered from FiveK's raw files at five relative exposures. Training and
 * validation have expert C's picture as their reference, the testing part has one of each expert.
 */
export const msec: Layout = {
  name: 'msec',
  title: 'MSEC exposure set (Afifi et al. 2021)',
  looksLike: 'training|validation|testing/INPUT_IMAGES/…_N1.5.jpg and GT_IMAGES or expert_a…e_testing_set',
  options: ['experts'],
  recognises: (listing) => listing.has(INPUT) && listing.has(TARGET),
  read(listing, { options }) {
    const experts = expertLetters(options, 'c');
    const inputs = listing.match(INPUT).map(({ path, parts: [folder = '', name = '', exposure = ''] }) => ({
      path,
      key: `${partOf(folder)}/${name}`,
      set: `msec-${exposureName(exposure)}`,
      group: fivekGroup(name),
      part: partOf(folder),
    }));
    const targets = listing.match(TARGET).flatMap(({ path, parts: [folder = '', expert = '', name = ''] }) => {
      const isWanted = expert === '' || experts.includes(expert.toLowerCase());
      return isWanted ? [{ path, key: `${partOf(folder)}/${name}` }] : [];
    });
    return pairUp(listing, inputs, targets, 'FiveK research licences (images), CC BY-NC-SA 4.0 (code)');
  },
};

function partOf(folder: string): DatasetPart {
  if (/^train/i.test(folder)) return 'train';
  return /^val/i.test(folder) ? 'validation' : 'test';
}

function exposureName(exposure: string): string {
  if (exposure === '0') return 'zero';
  return exposure.toUpperCase().startsWith('N') ? 'under' : 'over';
}
