import { TrainerError } from '../errors.ts';
import { type Fingerprint, NEAR_DUPLICATE, similarity } from './fingerprint.ts';
import type { SplitScene } from './scene.ts';
import type { Split } from './split.ts';

/** A scene with the fingerprint of its good picture. */
export interface Printed {
  readonly scene: SplitScene;
  readonly print: Fingerprint;
}

/** Two files that show the same although their groups differ. */
export interface NearDuplicate {
  readonly first: SplitScene;
  readonly second: SplitScene;
  readonly similarity: number;
}

/** Pairs of different groups whose pictures look the same, the most similar first. */
export function nearDuplicates(pictures: readonly Printed[]): NearDuplicate[] {
  const found: NearDuplicate[] = [];
  for (const [i, first] of pictures.entries()) {
    for (let j = i + 1; j < pictures.length; j++) {
      const second = pictures[j]!;
      if (first.scene.group === second.scene.group) continue;
      const alike = similarity(first.print, second.print);
      if (alike >= NEAR_DUPLICATE) found.push({ first: first.scene, second: second.scene, similarity: alike });
    }
  }
  return found.sort((a, b) => b.similarity - a.similarity);
}

export function isLeak({ first, second }: NearDuplicate): boolean {
  return first.split !== second.split;
}

/** The first scene of every group that lies in more than one split, with one in another split. */
export function groupLeaks(scenes: readonly SplitScene[]): [SplitScene, SplitScene][] {
  const firsts = new Map<string, SplitScene>();
  const leaks = new Map<string, [SplitScene, SplitScene]>();
  for (const scene of scenes) {
    const first = firsts.get(scene.group) ?? scene;
    firsts.set(scene.group, first);
    if (first.split !== scene.split && !leaks.has(scene.group)) leaks.set(scene.group, [first, scene]);
  }
  return [...leaks.values()];
}

/** The error for leaks: a model would be measured on pictures that it was trained on. */
export function leakError(
  origin: string,
  [first, second]: readonly [SplitScene, SplitScene],
  more: number,
): TrainerError {
  const others = more === 0 ? '' : `, and ${more} more`;
  return new TrainerError(
    'LEAK',
    `${origin}: ${first.file} (${first.split}) and ${second.file} (${second.split}) show the same${others}; ` +
      `'npm run dataset -- ${origin} --merge --out splits.csv' keeps such pictures together, then train with --data splits.csv`,
  );
}

const STRICTNESS: Record<Split, number> = { train: 0, test: 1, predict: 2 };

/**
 * Joins the groups that near-duplicates connect and puts each joined group as a whole into the strictest of its splits:
 * what was kept back for a test stays so.
 */
export function mergeGroups(scenes: readonly SplitScene[], duplicates: readonly NearDuplicate[]): SplitScene[] {
  const parents = new Map<string, string>();
  const root = (group: string): string => {
    const parent = parents.get(group);
    return parent === undefined ? group : root(parent);
  };
  for (const { first, second } of duplicates) {
    const [a, b] = [root(first.group), root(second.group)].sort();
    if (a !== b) parents.set(b!, a!);
  }
  const splits = new Map<string, Split>();
  for (const { group, split } of scenes) {
    const known = splits.get(root(group));
    if (known === undefined || STRICTNESS[split] > STRICTNESS[known]) splits.set(root(group), split);
  }
  return scenes.map((scene) => ({ ...scene, group: root(scene.group), split: splits.get(root(scene.group))! }));
}
