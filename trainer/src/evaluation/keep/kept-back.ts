import { lumaAt } from '@evenlight/models';
import { readCollection } from '../../dataset/collection.ts';
import { readPicture } from '../picture-file.ts';

/** Files of photographs that training never sees, by their brightness. */
export interface KeptBack {
  readonly midKey: readonly string[];
  readonly highKey: readonly string[];
  readonly lowKey: readonly string[];
}

/** A well-exposed photograph whose mean luma, encoded, is above this is bright on purpose. */
const HIGH_KEY_LUMA = 0.6;

/**
 * The photographs of a collection that are kept out of training by a run's seed: the splits `test` and `predict`. `lowkey` and
 * `highkey` of the manifest are taken at their word; the others are high-key above a mean luma of 0.60.
 */
export async function keptBack(collection: string, seed: number): Promise<KeptBack> {
  const items = (await readCollection(collection, seed)).filter(
    ({ kind, split }) => kind === 'photo' && split !== 'train',
  );
  const [midKey, highKey, lowKey]: [string[], string[], string[]] = [[], [], []];
  for (const { eye, path } of items) {
    if (eye === 'lowkey') lowKey.push(path);
    else if (eye === 'highkey' || (await meanLuma(path)) > HIGH_KEY_LUMA) highKey.push(path);
    else midKey.push(path);
  }
  return { midKey, highKey, lowKey };
}

/** Mean Rec. 709 luma of the encoded values, 0..1. */
async function meanLuma(file: string): Promise<number> {
  const { pixels } = await readPicture(file);
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    sum += lumaAt(pixels, i);
  }
  return sum / (pixels.length / 3) / 255;
}
