import type { FolderListing } from '../folder-listing.ts';
import type { DatasetProblem, DatasetPart, PicturePair } from '../scene.ts';
import type { LayoutContent } from './layout.ts';

/** An input by its relative path; `key` is what it has in common with its target. */
interface PairInput {
  readonly path: string;
  readonly key: string;
  readonly set: string;
  readonly group: string;
  readonly part?: DatasetPart | undefined;
}

/** A target by its relative path; several inputs may share one, and one key may have several (experts). */
interface PairTarget {
  readonly path: string;
  readonly key: string;
}

/** Joins inputs and targets by their keys; a file without a counterpart becomes a problem. */
export function pairUp(
  listing: FolderListing,
  inputs: readonly PairInput[],
  targets: readonly PairTarget[],
  licence: string,
): LayoutContent {
  const byKey = new Map<string, PairTarget[]>();
  for (const target of targets) byKey.set(target.key, [...(byKey.get(target.key) ?? []), target]);
  const inputKeys = new Set(inputs.map((input) => input.key));
  const scenes: PicturePair[] = [];
  const problems: DatasetProblem[] = [];
  for (const { path, key, set, group, part } of inputs) {
    const own = byKey.get(key) ?? [];
    if (own.length === 0) problems.push({ file: listing.pathOf(path), problem: 'has no target' });
    for (const target of own) {
      const file = listing.pathOf(target.path);
      scenes.push({ kind: 'paired', input: listing.pathOf(path), file, set, group, licence, part });
    }
  }
  for (const { path, key } of targets) {
    if (!inputKeys.has(key)) problems.push({ file: listing.pathOf(path), problem: 'has no input' });
  }
  return { scenes, problems, notes: [] };
}
