import { realpath } from 'node:fs/promises';
import { pathFromBytes, systemPath } from '@evenlight/runtime';
import { findPhotos, type FailedEntry, type FoundPhoto } from './find-photos.ts';
import { isSameContent } from './file-content.ts';
import { markersOf } from './done-results.ts';
import type { FixOptions, PlannedPhoto } from './fix-options.ts';
import { planOutputs } from './output-path.ts';

/** The plan of a run. */
export interface FixPlan {
  readonly photos: readonly PlannedPhoto[];
  /** The outputs of all photographs found, wanted or not. */
  readonly outputs: ReadonlySet<string>;
  readonly failures: readonly FailedEntry[];
  readonly passedOver: PassedOver;
}

/** Files found that are not fixed. */
export interface PassedOver {
  /** Results of earlier runs. */
  readonly results: readonly string[];
  /** Files of other kinds in folders. */
  readonly others: readonly string[];
}

/**
 * Finds the photographs to fix and where their results go. Results of earlier runs are passed over, by whatever argument they
 * were named: by their mark, or because they are the copy of another photograph of this run under its result's name.
 */
export async function planFix(options: FixOptions): Promise<FixPlan> {
  if (options.planned !== undefined) {
    return { photos: options.planned, outputs: new Set(), failures: [], passedOver: { results: [], others: [] } };
  }
  const { baseFolder, recursive, outFolder } = options;
  const found = await findPhotos(options.photos, {
    baseFolder,
    recursive,
    ...(outFolder !== undefined && { outFolder }),
  });
  const photos = found.flatMap((one) => one.photos);
  const results = options.refix ? new Set<string>() : await earlierResults(photos, options);
  const originals = photos.filter(({ path }) => !results.has(path));
  const planned = [...planOutputs(originals, options)].map(([{ path }, output]) => ({ input: path, output }));
  const wanted = planned.filter(({ input }) => options.isWanted?.(input) !== false);
  return {
    photos: options.inPlace ? await Promise.all(wanted.map(inPlace)) : wanted,
    outputs: new Set(planned.map(({ output }) => output)),
    failures: found.flatMap(({ errors }) => errors),
    passedOver: { results: [...results], others: found.flatMap(({ passedOver }) => passedOver) },
  };
}

/** The file that a link leads to is replaced, not the link. */
async function inPlace({ input }: PlannedPhoto): Promise<PlannedPhoto> {
  const path = await realpath(systemPath(input), 'buffer').then(pathFromBytes, () => input);
  return { input: path, output: path };
}

async function earlierResults(photos: readonly FoundPhoto[], options: FixOptions): Promise<ReadonlySet<string>> {
  const results = new Set((await markersOf(photos.map(({ path }) => path))).keys());
  const originals = photos.filter(({ path }) => !results.has(path));
  const paths = new Set(originals.map(({ path }) => path));
  for (const [{ path }, output] of planOutputs(originals, options)) {
    if (output === path || !paths.has(output)) continue;
    if (await isSameContent(path, output).catch(() => false)) results.add(output);
  }
  return results;
}
