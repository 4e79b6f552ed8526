import type { Scene, SplitScene } from './scene.ts';
import { placeOf, type Split, splitAt } from './split.ts';

/**
 * The splits of a data set's scenes. The authors' test part is the `predict` split, so that a model never sees
 * it before it is measured. Their validation part is the `test` split; if they have none, the seed takes one out of
 * their training part. Sets without parts are split by the seed alone, and even the smallest has a scene to test on.
 */
export function splitScenes(scenes: readonly Scene[], seed: number): SplitScene[] {
  const hasValidation = scenes.some((scene) => scene.part === 'validation');
  const lowest = lowestGroup(scenes, seed);
  return scenes.map((scene) => ({ ...scene, split: scene.split ?? splitOf(scene) }));

  function splitOf({ part, group }: Scene): Split {
    if (part === 'test') return 'predict';
    if (part === 'validation') return 'test';
    if (part === 'train' && hasValidation) return 'train';
    const split = group === lowest ? 'test' : splitAt(placeOf(group, seed));
    return part === 'train' && split === 'predict' ? 'train' : split;
  }
}

/** The group that is always tested on, so that sets of a few scenes can be validated at all. */
function lowestGroup(scenes: readonly Scene[], seed: number): string | undefined {
  const groups = [...new Set(scenes.filter(({ part }) => part === undefined || part === 'train').map((s) => s.group))];
  if (groups.length < 2) return undefined;
  const places = groups.map((group) => placeOf(group, seed));
  return groups[places.indexOf(Math.min(...places))];
}
