import { readFile } from 'node:fs/promises';
import { TrainerError } from '../../errors.ts';
import type { FolderListing, ListedFile } from '../folder-listing.ts';
import type { DatasetPart } from '../scene.ts';
import { fivekGroup } from './fivek-names.ts';
import { expertLetters, type Layout, PICTURE } from './layout.ts';
import { pairUp } from './pair-up.ts';

/** `input/JPG/480p/a0001-….jpg`: whose, in which size, name. */
const FILE = new RegExp(String.raw`^(?:.*/)?(input|expert[A-E])/([^/]+/[^/]+)/([^/]+)${PICTURE}$`, 'i');

const LICENCE = 'FiveK LicenseAdobe or LicenseAdobeMIT (research only)';

/** Lists of names without endings; both training lists together are what paired training uses. */
const LISTS: readonly (readonly [string, DatasetPart])[] = [
  ['train_input.txt', 'train'],
  ['train_label.txt', 'train'],
  ['test.txt', 'test'],
];

/**
 * FiveK as the 3D-LUT papers (Zeng et al. 2020 and those after it) hand it out: `input` and `expertC`, each with folders for
 * a file format and a size, and lists of names. Inputs in XYZ are no pictures that can be shown and are left out.
 */
export const fivekExport: Layout = {
  name: 'fivek-export',
  title: 'FiveK, exported as for 3D-LUT (480p or original size)',
  looksLike: 'input/JPG/480p/*.jpg, expertC/JPG/480p/*.jpg, train_input.txt, train_label.txt, test.txt',
  options: ['experts', 'size'],
  recognises: (listing) => ['input', 'expert[A-E]'].every((side) => listing.has(sideOf(side))),
  async read(listing, { options }) {
    const all = listing.match(FILE);
    const experts = expertLetters(options, 'c');
    const size = options.get('size');
    const inputs = inOneSize(all, 'input', size);
    const targets = experts.flatMap((letter) => inOneSize(all, `expert${letter}`, size));
    const lists = await readLists(listing);
    const isUsed = ({ parts }: ListedFile): boolean => lists.size === 0 || lists.has(parts[2]!);
    const content = pairUp(
      listing,
      inputs.filter(isUsed).map(({ path, parts }) => ({
        path,
        key: parts[2]!,
        set: 'fivek-export',
        group: fivekGroup(parts[2]!),
        part: lists.get(parts[2]!),
      })),
      targets.filter(isUsed).map(({ path, parts }) => ({ path, key: parts[2]! })),
      LICENCE,
    );
    const names = new Set(inputs.map(({ parts }) => parts[2]!));
    const absent = [...lists.keys()].filter((name) => !names.has(name));
    const unlisted = inputs.filter((input) => !isUsed(input)).length;
    return {
      ...content,
      notes: [
        `input: ${sizesOf(inputs)}, experts ${experts.join(', ')}: ${sizesOf(targets)}`,
        ...(absent.length === 0 ? [] : [`${absent.length} listed names have no input, '${absent[0]!}' first`]),
        ...(unlisted === 0 ? [] : [`${unlisted} inputs that are in no list left out`]),
      ],
    };
  },
};

function sideOf(side: string): RegExp {
  return new RegExp(String.raw`^(?:.*/)?${side}/(?:JPE?G|PNG|TIFF?)/[^/]+/[^/]+${PICTURE}$`, 'i');
}

/** The files of one side in the size that was asked for, or in the smallest that is an sRGB picture. */
function inOneSize(files: readonly ListedFile[], side: string, asked: string | undefined): ListedFile[] {
  const own = files.filter(({ parts }) => parts[0]!.toLowerCase() === side.toLowerCase());
  const sizes = [...new Set(own.map(({ parts }) => parts[1]!))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const size = asked === undefined ? sizes.find((name) => !isXyz(name)) : sizes.find((name) => matches(name, asked));
  if (size === undefined) {
    const wanted = asked ?? 'an sRGB export such as JPG/480p';
    throw new TrainerError('BAD_DATASET', `${side}: has ${sizes.join(', ') || 'nothing'}, expected ${wanted}`);
  }
  return own.filter(({ parts }) => parts[1] === size);
}

/** `size=480p` takes it in any format, `size=PNG/480p` in one. */
function matches(name: string, asked: string): boolean {
  const wanted = asked.toLowerCase();
  return name.toLowerCase() === wanted || (!wanted.includes('/') && name.toLowerCase().endsWith(`/${wanted}`));
}

function rank(size: string): number {
  return (size.includes('480p') ? 0 : 2) + (/^jpe?g/i.test(size) ? 0 : 1);
}

function isXyz(size: string): boolean {
  return /xyz/i.test(size);
}

function sizesOf(files: readonly ListedFile[]): string {
  return [...new Set(files.map(({ parts }) => parts[1]!))].join(', ');
}

async function readLists(listing: FolderListing): Promise<ReadonlyMap<string, DatasetPart>> {
  const parts = new Map<string, DatasetPart>();
  for (const [list, part] of LISTS) {
    for (const { path } of listing.match(new RegExp(String.raw`^(?:.*/)?${list.replace('.', String.raw`\.`)}$`))) {
      const text = await readFile(listing.pathOf(path), 'utf8');
      for (const line of text.split(/\r?\n/)) {
        const name = line.trim().replace(new RegExp(`${PICTURE}$`, 'i'), '');
        if (name === '') continue;
        const earlier = parts.get(name);
        if (earlier !== undefined && earlier !== part) {
          throw new TrainerError('LEAK', `${listing.pathOf(path)}: '${name}' is in the ${earlier} list too`);
        }
        parts.set(name, part);
      }
    }
  }
  return parts;
}
