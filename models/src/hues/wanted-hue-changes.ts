import type { ProxyImage } from '../proxy.ts';
import { ramp, type Ramp } from '../scene/ramp.ts';
import type { Steps } from '../steps.ts';
import { BLUES, type Family, familyOf, type Hue, hueOf, WARM } from './hue.ts';
import { createNearHues } from './near-hues.ts';

/** A channel of a proxy pixel counts as clipped in between, 0 to 1, entirely from code 250 on: a mean over noise and JPEG blocks is hardly ever 1. */
const CLIPPED: Ramp = [0.96, 0.98];
/** Heights of gray, and of what has a hue. */
const COLORED: Ramp = [0.003, 0.012];
/** From here on a pixel is bright enough to say which hue the clipped ones near it have. */
const BRIGHT: Ramp = [0.88, 0.94];
/** Ratios of greens and yellows, and of orange. */
const ORANGE: Ramp = [0, 0.25];
/**
 * The ratio of a clipped sky: its green is half way between red and blue, the median of light blue in 209 training photographs (quartiles
 * 0.43 and 0.63).
 */
const SKY = -2 / 3;
/** Pixels in a piece: two milliseconds. */
const PIECE_PIXELS = 8192;

/**
 * The change of each channel, `[height][width][3]`, that keeps the hues of an over-exposed picture, which a network turns to those that it
 * has seen more often; undefined where nothing is asked.
 *
 * - Greens and yellows whose red is not clipped keep the hue they have. A clipped green says that they were greener, not browner.
 * - Where red and green are clipped, and blue is not, both have become the same, and orange and green are yellow now. Such a pixel gets the
 *   hue that bright warm or green pixels near it have in the corrected picture; without such pixels it stays as it is.
 * - Where green and blue are clipped, and red is not, a sky has become cyan. It gets a green half way between red and blue.
 *
 * In pieces.
 *
 * @param proxy as it was given, sRGB-encoded 0..1
 * @param after the pixels of the corrected proxy
 */
export function* wantedHueChanges(
  { width, height, pixels }: ProxyImage,
  after: Float32Array,
): Steps<Float32Array | undefined> {
  const wanted = new Float32Array(pixels.length);
  const near = createNearHues(width, height);
  let isAsked = false;
  for (let pixel = 0, at = 0; at < pixels.length; pixel++, at += 3) {
    if (pixel % PIECE_PIXELS === 0) yield;
    const family = familyOf(pixels, at);
    if (family === undefined) continue;
    const [before, now] = [hueOf(pixels, at, family), hueOf(after, at, family)];
    const colored = ramp(before.height, COLORED);
    const clipped = colored * pairClipped(pixels, at, family);
    if (family === BLUES) {
      if (clipped > 0) move(wanted, at, family, clipped * (SKY * now.height - now.difference));
    } else if (colored > 0) {
      const green = colored * greenness(before) * (1 - ramp(pixels[at]!, CLIPPED));
      const change = green * ((before.difference / before.height) * now.height - now.difference);
      move(wanted, at, family, change);
      const says = (colored - clipped) * ramp(Math.max(pixels[at]!, pixels[at + 1]!), BRIGHT);
      near.add(pixel, { difference: says * (now.difference + change), height: says * now.height });
    }
    isAsked ||= clipped > 0 || wanted[at + 1] !== 0;
  }
  if (!isAsked) return undefined;
  near.spread();
  for (let pixel = 0, at = 0; at < pixels.length; pixel++, at += 3) {
    if (pixel % PIECE_PIXELS === 0) yield;
    if (familyOf(pixels, at) !== WARM) continue;
    const clipped = ramp(hueOf(pixels, at, WARM).height, COLORED) * pairClipped(pixels, at, WARM);
    if (clipped > 0) move(wanted, at, WARM, clipped * near.missing(pixel, hueOf(after, at, WARM)));
  }
  return wanted;
}

/** How green or yellow a warm or green colour is, 0..1: orange is not. */
function greenness({ difference, height }: Hue): number {
  return 1 - ramp(difference / height, ORANGE);
}

/** How clipped both channels of a family are, 0..1. */
function pairClipped(pixels: Float32Array, at: number, { pair: [first, second] }: Family): number {
  return ramp(Math.min(pixels[at + first]!, pixels[at + second]!), CLIPPED);
}

/** Changes the difference of a family's two channels, and not their mean. */
function move(wanted: Float32Array, at: number, { pair: [first, second] }: Family, change: number): void {
  wanted[at + first]! += change / 2;
  wanted[at + second]! -= change / 2;
}
