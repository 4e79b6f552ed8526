import { stat } from 'node:fs/promises';
import { TrainerError } from '../errors.ts';
import { FolderListing } from './folder-listing.ts';
import type { Layout, LayoutContent } from './layouts/layout.ts';
import { LAYOUTS } from './layouts/registry.ts';
import type { DatasetProblem, SplitScene } from './scene.ts';
import { splitScenes } from './split-scenes.ts';
import { readSplitManifest } from './split-manifest.ts';

/** A data set, recognised, read and split. */
export interface Dataset {
  /** What the user named: a folder or a manifest. */
  readonly origin: string;
  readonly layout: string;
  readonly title: string;
  readonly scenes: readonly SplitScene[];
  readonly problems: readonly DatasetProblem[];
  readonly notes: readonly string[];
}

/**
 * Reads a data set. `data` is a folder in a layout that is recognised by its files (`LAYOUTS`), a layout's name and a folder
 * (`msec:FOLDER`), options between them (`fivek,experts=ace:FOLDER`), or a manifest that `npm run dataset` wrote (`*.csv`),
 * whose splits stand. No picture is decoded.
 *
 * @throws TrainerError `BAD_DATASET` when nothing is there, the layout is unknown or nothing in it can be used.
 */
export async function readDataset(data: string, seed: number): Promise<Dataset> {
  const { name, options, origin } = parseData(data);
  if (name === undefined && (await isFile(origin))) {
    const scenes = await readSplitManifest(origin);
    return { origin, layout: 'manifest', title: 'manifest of splits', scenes, problems: [], notes: [] };
  }
  const listing = await FolderListing.read(origin);
  const layout = name === undefined ? LAYOUTS.find((one) => one.recognises(listing)) : layoutNamed(name);
  if (layout === undefined) throw unknownLayout(listing);
  refuseUnknownOptions(layout, options);
  const { scenes, problems, notes } = await layout.read(listing, { options, seed });
  if (scenes.length === 0) throw unusable(layout, origin, { scenes, problems, notes });
  return { origin, layout: layout.name, title: layout.title, scenes: splitScenes(scenes, seed), problems, notes };
}

/** Reads several data sets as one; see {@link readDataset}. */
export async function readDatasets(data: readonly string[], seed: number): Promise<Dataset> {
  const sets = await Promise.all(data.map((one) => readDataset(one, seed)));
  const joined = (texts: readonly string[]): string => [...new Set(texts)].join(', ');
  return {
    origin: joined(sets.map(({ origin }) => origin)),
    layout: joined(sets.map(({ layout }) => layout)),
    title: joined(sets.map(({ title }) => title)),
    scenes: sets.flatMap(({ scenes }) => scenes),
    problems: sets.flatMap(({ problems }) => problems),
    notes: sets.flatMap(({ notes }) => notes),
  };
}

interface ParsedData {
  readonly name: string | undefined;
  readonly options: ReadonlyMap<string, string>;
  readonly origin: string;
}

/** A drive letter of Windows is not a layout: their names have more than one letter. */
function parseData(data: string): ParsedData {
  const named = /^([a-z][a-z-]+)((?:,[a-z]+=[^:,]+)*):(.+)$/s.exec(data);
  if (!named) return { name: undefined, options: new Map(), origin: data };
  const [, name = '', options = '', origin = ''] = named;
  const pairs = options.split(',').filter(Boolean);
  return {
    name,
    options: new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
    origin,
  };
}

async function isFile(origin: string): Promise<boolean> {
  return stat(origin).then(
    (found) => found.isFile(),
    () => false,
  );
}

function layoutNamed(name: string): Layout {
  const layout = LAYOUTS.find((one) => one.name === name);
  if (layout) return layout;
  const known = LAYOUTS.map((one) => one.name).join(', ');
  throw new TrainerError('BAD_DATASET', `'${name}' is not a layout of data sets; known: ${known}`);
}

function refuseUnknownOptions({ name, options: known }: Layout, options: ReadonlyMap<string, string>): void {
  for (const option of options.keys()) {
    if (known.includes(option)) continue;
    const expected = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new TrainerError('BAD_DATASET', `layout '${name}' has no option '${option}': ${expected}`);
  }
}

function unknownLayout({ folder, files }: FolderListing): TrainerError {
  const known = LAYOUTS.map(({ name, looksLike }) => `  ${name}: ${looksLike}`).join('\n');
  const seen = files.slice(0, 3).join(', ') + (files.length > 3 ? ', …' : '');
  return new TrainerError(
    'BAD_DATASET',
    `${folder}: not a data set of a known layout; it holds ${files.length} files (${seen}). Known layouts:\n${known}`,
  );
}

function unusable(layout: Layout, origin: string, { problems, notes }: LayoutContent): TrainerError {
  const reasons = [...problems.map(({ file, problem }) => `${file} ${problem}`), ...notes].slice(0, 3).join('; ');
  return new TrainerError(
    'BAD_DATASET',
    `${origin}: no scene can be used as '${layout.name}' (${reasons || `expected ${layout.looksLike}`})`,
  );
}
