import { createHash } from 'node:crypto';

export const SPLITS = ['train', 'test', 'predict'] as const;
export type Split = (typeof SPLITS)[number];

/** The seed of the run files for the user's own photographs, and the default of every other command. */
export const DEFAULT_SEED = 20261123;

/** Shares of the groups that are kept back. */
const TEST_SHARE = 0.1;
const PREDICT_SHARE = 0.05;

/**
 * The split of each item: items of one group (a scene, a series) always share theirs, and the answer depends on the seed and
 * the group's name alone, so that adding photographs never moves others between splits.
 */
export function assignSplits(groups: readonly string[], seed: number): Split[] {
  return groups.map((group) => splitAt(placeOf(group, seed)));
}

/** A group's place in 0..1. */
export function placeOf(group: string, seed: number): number {
  const digest = createHash('sha256').update(`${seed}/${group}`).digest();
  return digest.readUInt32LE(0) / 0x100000000;
}

/** The split of a place. */
export function splitAt(place: number): Split {
  if (place < TEST_SHARE) return 'test';
  return place < TEST_SHARE + PREDICT_SHARE ? 'predict' : 'train';
}
