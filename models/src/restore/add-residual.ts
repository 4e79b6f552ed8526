import { ModelError } from '../errors.ts';
import { lumaAt } from '../luma.ts';
import { MAX_LIFT_EV } from './lift-gain.ts';
import { RESTORATION_CHANNELS } from './restoration-input.ts';
import { smoothstep } from './smoothstep.ts';

/** From this lift on, in EV, noise is removed in full. Noise that was lifted less is close to what the photographer saw. */
export const FULL_RESTORATION_EV = 0.7;

/** How much noise is removed, each 0..1: luminance noise (grain) and colour noise (blotches). */
export interface RestorationAmounts {
  readonly luminance: number;
  readonly color: number;
}

/** All of it. */
export const FULL_RESTORATION: RestorationAmounts = { luminance: 1, color: 1 };

/**
 * The share of the residual that a pixel gets: 0 where nothing was lifted, 1 from 0.7 EV on, smoothly (3t² − 2t³) between.
 *
 * @param lift as in {@link liftGain}, 0..1
 */
export function restorationShare(lift: number): number {
  return smoothstep((lift * MAX_LIFT_EV) / FULL_RESTORATION_EV);
}

/**
 * Adds what a network answered to the corrected pixels, in place. Where nothing was lifted they stay bit for bit; nothing is clamped.
 *
 * @param pixels corrected, sRGB-encoded, `[height][width][3]`
 * @param input what the network was given: see {@link restorationInput}
 * @param residual what it answered, `[height][width][3]`
 * @throws ModelError `BAD_OUTPUT` for the wrong number of values
 */
export function addResidual(
  pixels: Float32Array,
  input: Float32Array,
  residual: Float32Array,
  { luminance, color }: RestorationAmounts = FULL_RESTORATION,
): void {
  if (residual.length !== pixels.length || input.length * 3 !== pixels.length * RESTORATION_CHANNELS) {
    const got = `${residual.length} values for an input of ${input.length}`;
    throw new ModelError('BAD_OUTPUT', `the network gave ${got}, ${pixels.length} are needed`);
  }
  for (let i = 0, at = RESTORATION_CHANNELS - 1; i < pixels.length; i += 3, at += RESTORATION_CHANNELS) {
    const share = restorationShare(input[at]!);
    if (share === 0) continue;
    const luma = lumaAt(residual, i);
    for (let c = i; c < i + 3; c++) {
      pixels[c] = pixels[c]! + share * (luminance * luma + color * (residual[c]! - luma));
    }
  }
}
