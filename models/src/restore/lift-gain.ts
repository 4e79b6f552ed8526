import { srgbDecode } from '../apply/srgb-line.ts';
import { lumaAt } from '../luma.ts';
import type { ProxyImage } from '../proxy.ts';
import { boxMeans } from './box-means.ts';

/** The strongest lift that a network's input can hold, in EV: more counts as this. */
export const MAX_LIFT_EV = 6;
/**
 * How far from a pixel its lift is measured, in pixels. Over 17×17 pixels noise of one pixel changes the mean by less than a
 * hundredth of itself, so the lift says how bright a place became and not how noisy it is.
 */
export const LIFT_RADIUS = 8;
/** Linear light of about 1.6 of 255 codes: below it one code more or less would already be an EV. */
const DARKEST = 0.0005;

/**
 * How much a correction lifted each place: the ratio of its light after and before, in EV, clamped to 0..6 and divided by 6. What was
 * darkened, or left as it was, has 0.
 *
 * @param original pixels before the correction, sRGB-encoded 0..1, of a picture or of a tile of it
 * @param corrected the same pixels after it
 * @returns `[height][width]`, 0..1
 */
export function liftGain(original: ProxyImage, corrected: ProxyImage): Float32Array {
  const before = localLuma(original);
  const after = localLuma(corrected);
  for (let i = 0; i < before.length; i++) {
    const ratio = (srgbDecode(after[i]!) + DARKEST) / (srgbDecode(before[i]!) + DARKEST);
    before[i] = Math.min(1, Math.max(0, Math.log2(ratio) / MAX_LIFT_EV));
  }
  return before;
}

function localLuma({ width, height, pixels }: ProxyImage): Float32Array {
  const luma = new Float32Array(width * height);
  for (let i = 0; i < luma.length; i++) luma[i] = Math.min(1, Math.max(0, lumaAt(pixels, i * 3)));
  return boxMeans(luma, { width, height }, LIFT_RADIUS);
}
