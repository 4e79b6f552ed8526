import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { TrainerError } from '../../errors.ts';
import type { FolderListing } from '../folder-listing.ts';
import { canDecodeRaw, RAW_DECODER } from '../raw-decoder.ts';
import type { Scene } from '../scene.ts';
import { FIVEK_NAME, fivekGroup } from './fivek-names.ts';
import { expertLetters, type Layout, type LayoutContent } from './layout.ts';

const RAW = new RegExp(String.raw`(?:^|/)(?:raw_photos/[^/]+/photos|dng)/(${FIVEK_NAME})\.dng$`, 'i');
const EXPERT = new RegExp(String.raw`(?:^|/)tiff16_([a-e])/(${FIVEK_NAME})\.tiff?$`, 'i');

const LICENCES = {
  'filesAdobe.txt': 'FiveK LicenseAdobe (research only)',
  'filesAdobeMIT.txt': 'FiveK LicenseAdobeMIT (research only)',
};
const UNLISTED_LICENCE = 'FiveK LicenseAdobe or LicenseAdobeMIT (research only)';

/**
 * MIT-Adobe FiveK as its site hands it out: raw files in `raw_photos/HQa…/photos`, the experts' 16-bit TIFFs in
 * `tiff16_a` … `tiff16_e`. Few people have all of it, so the scenes follow from the files that are there: a raw file and an expert's TIFF
 * are a pair; a TIFF without a raw file, or without a program to decode it, is a good photograph.
 */
export const fivek: Layout = {
  name: 'fivek',
  title: 'MIT-Adobe FiveK as distributed',
  looksLike: 'raw_photos/HQa…/photos/*.dng and tiff16_a…e/*.tif',
  options: ['experts'],
  recognises: (listing) => listing.has(RAW) || listing.has(EXPERT),
  async read(listing, { options }) {
    const experts = expertLetters(options, 'c');
    const raws = new Map(listing.match(RAW).map(({ path, parts }) => [parts[0]!, path]));
    const isDecoded = raws.size > 0 && (await canDecodeRaw());
    const licences = await readLicences(listing);
    const categories = await readCategories(listing);
    const retouched = listing.match(EXPERT).filter(({ parts }) => experts.includes(parts[0]!.toLowerCase()));
    const scenes = retouched.map(({ path, parts: [letter = '', name = ''] }): Scene => {
      const raw = raws.get(name);
      const facts = {
        file: listing.pathOf(path),
        set: `fivek-${letter.toLowerCase()}`,
        group: fivekGroup(name),
        licence: licences.get(name) ?? UNLISTED_LICENCE,
        about: categories.get(name),
      };
      return isDecoded && raw !== undefined
        ? { ...facts, kind: 'paired', input: listing.pathOf(raw) }
        : { ...facts, kind: 'photo' };
    });
    const names = new Set(retouched.map(({ parts }) => parts[1]!));
    return { scenes, problems: [], notes: notes({ raws, names, isDecoded, licences, experts }) };
  },
};

interface FivekFiles {
  readonly raws: ReadonlyMap<string, string>;
  readonly names: ReadonlySet<string>;
  readonly isDecoded: boolean;
  readonly licences: ReadonlyMap<string, string>;
  readonly experts: readonly string[];
}

function notes({ raws, names, isDecoded, licences, experts }: FivekFiles): LayoutContent['notes'] {
  const said: string[] = [];
  const folders = experts.map((letter) => `tiff16_${letter}`).join(', ');
  const listed = [...licences.keys()].filter((name) => !names.has(name)).length;
  if (listed > 0) said.push(`${listed} of ${licences.size} listed scenes are not in ${folders}`);
  const unpaired = [...raws.keys()].filter((name) => !names.has(name)).length;
  if (unpaired > 0) said.push(`${unpaired} raw files left out: not in ${folders}`);
  if (raws.size > 0 && !isDecoded) {
    said.push(`${raws.size} raw files left out: ${RAW_DECODER} (LibRaw) is not installed; the TIFFs alone are used`);
  } else if (isDecoded) {
    const alone = [...names].filter((name) => !raws.has(name)).length;
    if (alone > 0) said.push(`${alone} scenes without a raw file are used as good photographs`);
  }
  return said;
}

/** The licence of each scene that is in one of the two lists. */
async function readLicences(listing: FolderListing): Promise<ReadonlyMap<string, string>> {
  const licences = new Map<string, string>();
  for (const [list, licence] of Object.entries(LICENCES)) {
    for (const { path } of listing.match(new RegExp(`(?:^|/)${list}$`))) {
      const text = await readFile(listing.pathOf(path), 'utf8');
      for (const name of text.split(/\r?\n/)) if (name.trim() !== '') licences.set(name.trim(), licence);
    }
  }
  return licences;
}

const valuesSchema = z.record(z.string(), z.string());
const categoriesSchema = z.record(z.string(), z.union([valuesSchema, z.object({ categories: valuesSchema })]));

/** `categories.json`: `{ "a0001-…": { "location": "outdoor", … } }`, or the same below the key `categories`. */
async function readCategories(listing: FolderListing): Promise<ReadonlyMap<string, string>> {
  const about = new Map<string, string>();
  for (const { path } of listing.match(/(?:^|\/)categories\.json$/)) {
    const file = listing.pathOf(path);
    try {
      const parsed = categoriesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
      for (const [name, entry] of Object.entries(parsed)) {
        const values = typeof entry['categories'] === 'object' ? entry['categories'] : entry;
        about.set(name, Object.values(values).join(', '));
      }
    } catch (cause) {
      throw new TrainerError('BAD_DATASET', `${file}: expected categories by the scenes' names`, { cause });
    }
  }
  return about;
}
