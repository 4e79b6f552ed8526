import { LUMA_WEIGHTS } from '../luma.ts';
import { srgbDecode } from '../apply/srgb-line.ts';
import { ModelError } from '../errors.ts';
import type { ProxyImage } from '../proxy.ts';
import { ascendingOrder } from './ascending-order.ts';
import { meanDeltaE2000 } from './mean-delta-e-2000.ts';

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

/**
 * Compares a proxy with its corrected version.
 *
 * Exposure is the *median* of the pixels' log2 luminance ratios, not the ratio of the means. The brightest parts decide a mean, and
 * a correction must not lift them (a clipped sky stays). The median says by how much at least half of
 * the picture changed. Clipping is counted on proxy pixels, which are means over many pixels of the photograph: this finds
 * clipped areas, not single glints.
 *
 * @throws ModelError `BAD_IMAGE` for proxies of different size
 */
export function measureCorrection(before: ProxyImage, after: ProxyImage): Measurement {
  if (before.width !== after.width || before.height !== after.height) {
    const got = `${before.width}×${before.height} and ${after.width}×${after.height}`;
    throw new ModelError('BAD_IMAGE', `proxies are ${got}, need the same size`);
  }
  const meanDeltaE = meanDeltaE2000(before.pixels, after.pixels);
  const changes = exposureChanges(before.pixels, after.pixels);
  const third = (part: number): number => {
    const values = changes.subarray(
      Math.floor((changes.length * part) / 3),
      Math.ceil((changes.length * (part + 1)) / 3),
    );
    return median(values);
  };
  return {
    exposureEv: median(changes),
    shadowsEv: third(0),
    midtonesEv: third(1),
    highlightsEv: third(2),
    clippedBefore: clippedFraction(before.pixels),
    clippedAfter: clippedFraction(after.pixels),
    meanDeltaE,
  };
}

/** Every pixel's change in EV, ordered by luma before. */
function exposureChanges(before: Float32Array, after: Float32Array): Float32Array {
  const order = orderByLuma(before);
  const changes = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const at = order[i]! * 3;
    const luminanceBefore = luminance(before, at) + LUMINANCE_FLOOR;
    changes[i] = Math.log2((luminance(after, at) + LUMINANCE_FLOOR) / luminanceBefore);
  }
  return changes;
}

function luminance(pixels: Float32Array, at: number): number {
  return (
    LUMA_WEIGHTS[0] * srgbDecode(pixels[at]!) +
    LUMA_WEIGHTS[1] * srgbDecode(pixels[at + 1]!) +
    LUMA_WEIGHTS[2] * srgbDecode(pixels[at + 2]!)
  );
}

/** The pixels from dark to light. */
function orderByLuma(pixels: Float32Array): Uint32Array {
  const luma = new Float32Array(pixels.length / 3);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
    luma[i] = LUMA_WEIGHTS[0] * pixels[at]! + LUMA_WEIGHTS[1] * pixels[at + 1]! + LUMA_WEIGHTS[2] * pixels[at + 2]!;
  }
  return ascendingOrder(luma);
}

function median(values: Float32Array): number {
  const order = ascendingOrder(values);
  const middle = order.length >> 1;
  const upper = values[order[middle]!]!;
  return order.length % 2 === 1 ? upper : (values[order[middle - 1]!]! + upper) / 2;
}

function clippedFraction(pixels: Float32Array): number {
  let clipped = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    if (Math.max(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!) >= CLIPPED_FROM) clipped++;
  }
  return clipped / (pixels.length / 3);
}
