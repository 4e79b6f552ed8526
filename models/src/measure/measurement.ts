import { lumaAt } from '../luma.ts';
import { ModelError } from '../errors.ts';
import type { ProxyImage } from '../proxy.ts';
import { runSteps, type Steps } from '../steps.ts';
import { ascendingOrderSteps } from './ascending-order.ts';
import { comparedPixels } from './compared-pixels.ts';
import { linearLight } from './linear-light.ts';
import { checkSameLength, meanDeltaEOfLight } from './mean-delta-e-2000.ts';
import { medianSteps } from './median.ts';

/** What a correction does to a picture. EV: 1 is twice the light. Fractions: 0..1 of the picture. */
export interface Measurement {
  /** The median over all pixels. */
  readonly exposureEv: number;
  /** The medians over the darkest, the middle and the lightest third of the pixels, by their luma before. */
  readonly shadowsEv: number;
  readonly midtonesEv: number;
  readonly highlightsEv: number;
  readonly clippedBefore: number;
  readonly clippedAfter: number;
  /** Mean ΔE2000 between before and after. */
  readonly meanDeltaE: number;
}

/** A value from here on rounds to 255 in 8 bits. A pixel is clipped when one of its channels is. */
const CLIPPED_FROM = 1 - 0.5 / 255;
/** Added to luminance before ratios are taken, so that the noise of black (8-bit code 1 is 3e-4) does not count as exposure. */
const LUMINANCE_FLOOR = 2 ** -12;
/** Pixels compared in a piece: two milliseconds before the code is compiled. */
const PIECE = 16_384;

/**
 * Compares a proxy with its corrected version.
 *
 * Exposure is the *median* of the pixels' log2 luminance ratios, not the ratio of the means. The brightest parts decide a mean, and
 * a correction must not lift them (a clipped sky stays). The median says by how much at least half of
 * the picture changed. Clipping is counted on proxy pixels, which are means over many pixels of the photograph: this finds
 * clipped areas, not single glints. All but clipping is measured on {@link comparedPixels}.
 *
 * @throws ModelError `BAD_IMAGE` for proxies of different size
 */
export function measureCorrection(before: ProxyImage, after: ProxyImage): Measurement {
  return runSteps(measurementSteps(before, after));
}

/** {@link measureCorrection} in pieces. @throws ModelError `BAD_IMAGE` */
export function* measurementSteps(before: ProxyImage, after: ProxyImage): Steps<Measurement> {
  if (before.width !== after.width || before.height !== after.height) {
    const got = `${before.width}×${before.height} and ${after.width}×${after.height}`;
    throw new ModelError('BAD_IMAGE', `proxies are ${got}, need the same size`);
  }
  checkSameLength(before.pixels, after.pixels);
  const compared = comparedPixels(before.pixels);
  const lightBefore = linearLight(compared);
  yield;
  const lightAfter = linearLight(comparedPixels(after.pixels));
  yield;
  const order = yield* orderByLuma(compared);
  yield;
  const changes = yield* exposureChanges(order, lightBefore, lightAfter);
  yield;
  const third = (part: number): Float32Array =>
    changes.subarray(Math.floor((changes.length * part) / 3), Math.ceil((changes.length * (part + 1)) / 3));
  const exposureEv = yield* medianSteps(changes);
  const shadowsEv = yield* medianSteps(third(0));
  const midtonesEv = yield* medianSteps(third(1));
  const highlightsEv = yield* medianSteps(third(2));
  const clippedBefore = clippedFraction(before.pixels);
  yield;
  const clippedAfter = clippedFraction(after.pixels);
  yield;
  const meanDeltaE = yield* meanDeltaEOfLight(lightBefore, lightAfter);
  return { exposureEv, shadowsEv, midtonesEv, highlightsEv, clippedBefore, clippedAfter, meanDeltaE };
}

/** Every pixel's change in EV, in the order that is given. */
function* exposureChanges(order: Uint32Array, before: Float32Array, after: Float32Array): Steps<Float32Array> {
  const changes = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    if (i % PIECE === 0) yield;
    const at = order[i]! * 3;
    // Of linear light, luma's weights give the luminance.
    changes[i] = Math.log2((lumaAt(after, at) + LUMINANCE_FLOOR) / (lumaAt(before, at) + LUMINANCE_FLOOR));
  }
  return changes;
}

/** The pixels from dark to light. */
function* orderByLuma(pixels: Float32Array): Steps<Uint32Array> {
  const luma = new Float32Array(pixels.length / 3);
  for (let i = 0; i < luma.length; i++) luma[i] = lumaAt(pixels, 3 * i);
  yield;
  return yield* ascendingOrderSteps(luma);
}

function clippedFraction(pixels: Float32Array): number {
  let clipped = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    if (Math.max(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!) >= CLIPPED_FROM) clipped++;
  }
  return clipped / (pixels.length / 3);
}
