import { ModelError } from '../errors.ts';
import type { ProxyImage } from '../proxy.ts';
import { liftGain } from './lift-gain.ts';

/** Channels of {@link restorationInput}. */
export const RESTORATION_CHANNELS = 4;

/**
 * What a network of the kind `restoration` is given, in training as in use: the corrected picture, clamped to 0..1, and how much each place
 * was lifted (see {@link liftGain}).
 *
 * @param original pixels before the correction, sRGB-encoded 0..1, of a picture or of a tile of it
 * @param corrected the same pixels after it
 * @returns `[height][width][red, green, blue, lift]`
 * @throws ModelError `BAD_IMAGE` if the two differ in size
 */
export function restorationInput(original: ProxyImage, corrected: ProxyImage): Float32Array {
  const { width, height, pixels } = corrected;
  if (original.width !== width || original.height !== height || original.pixels.length !== pixels.length) {
    const sizes = `the original is ${original.width}×${original.height}, the corrected picture ${width}×${height}`;
    throw new ModelError('BAD_IMAGE', `${sizes}; they need to be of one size`);
  }
  const lift = liftGain(original, corrected);
  const input = new Float32Array(lift.length * RESTORATION_CHANNELS);
  for (let i = 0; i < lift.length; i++) {
    for (let c = 0; c < 3; c++) {
      input[i * RESTORATION_CHANNELS + c] = Math.min(1, Math.max(0, pixels[i * 3 + c]!));
    }
    input[i * RESTORATION_CHANNELS + 3] = lift[i]!;
  }
  return input;
}
