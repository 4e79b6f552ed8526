import type { Size } from '../image.ts';
import { createTestPicture } from '../test-vector.ts';
import { restorationInput } from './restoration-input.ts';

/**
 * An input for a network of the kind `restoration` that everybody can make: a test picture, lifted by a square root. A model's test vector
 * holds what it answers.
 *
 * @returns `[height][width][4]`: see {@link restorationInput}
 */
export function createTestTile(seed: number, size: Size): Float32Array {
  const original = createTestPicture(seed, size);
  return restorationInput(original, { ...original, pixels: original.pixels.map(Math.sqrt) });
}
