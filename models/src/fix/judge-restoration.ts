import { FULL_RESTORATION, type RestorationAmounts } from '../restore/add-residual.ts';

/** How much of the noise that a correction lifts is removed where it is seen: `off` none, `auto` all of it if the picture has any, a number that share (0..1), or shares of luminance and colour noise. */
export type RestorationWish = 'off' | 'auto' | number | RestorationAmounts;

/**
 * Noise of this standard deviation after the correction is visible at 1:1 (sRGB-encoded, 0..1): 2.5 of 255 codes. In mid-tones that is
 * one unit of L*, the least difference between neighbouring areas that people notice. Noise below it looks like film grain.
 */
const VISIBLE_NOISE = 2.5 / 255;

/**
 * How much of the noise is removed; `undefined`: none of it.
 *
 * @param noise see `liftedNoise`; asked for only where it decides
 */
export async function judgeRestoration(
  wish: RestorationWish,
  noise: () => Promise<number>,
): Promise<RestorationAmounts | undefined> {
  if (wish === 'off') return undefined;
  if (wish === 'auto') return (await noise()) < VISIBLE_NOISE ? undefined : FULL_RESTORATION;
  const amounts = typeof wish === 'number' ? { luminance: wish, color: wish } : wish;
  return amounts.luminance === 0 && amounts.color === 0 ? undefined : amounts;
}
