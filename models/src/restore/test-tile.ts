import type { Size } from '../image.ts';
import { createTestPicture } from '../test-vector.ts';
import { restorationInput } from './restoration-input.ts';

/**
 * A test input for networks of the kind `restoration`: a test picture, lifted by a square root. A model's test vector
 * holds its answer.
 *
 * @returns `[height][width][4]`: see {@link restorationInput}
 */
export function createTestTile(seed: number, size: Size): Float32Array {
  const original = createTestPicture(seed, size);
  return restorationInput(original, { ...original, pixels: original.pixels.map(Math.sqrt) });
}
