import { FULL_RESTORATION, type RestorationAmounts } from '../restore/add-residual.ts';

/** Whether the noise that a correction lifts is cleaned: `off` never, `auto` where it would be seen, a number by that much (0..1). */
export type RestorationWish = 'off' | 'auto' | number;

/**
 * Noise of this standard deviation after the correction is seen at 1:1 (sRGB-encoded, 0..1): 2.5 of 255 codes, which in mid-tones is
 * one unit of L*, the least difference between neighbouring areas that people notice. Grain below it passes for the film's.
 */
const VISIBLE_NOISE = 2.5 / 255;

/**
 * How much of the noise is cleaned; `undefined`: none of it.
 *
 * @param noise see `liftedNoise`; asked for only where it decides
 */
export async function judgeRestoration(
  wish: RestorationWish,
  noise: () => Promise<number>,
): Promise<RestorationAmounts | undefined> {
  if (wish === 'off' || wish === 0) return undefined;
  if (wish === 'auto') return (await noise()) < VISIBLE_NOISE ? undefined : FULL_RESTORATION;
  return { luminance: wish, color: wish };
}
