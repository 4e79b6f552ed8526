import { lumaAt } from '@evenlight/models';
import type { BeforeAfter } from './before-after.ts';
import type { PreviewPicture } from './preview-picture.ts';

/** How many pixels have each of the 256 levels of brightness, and how many are clipped. */
export interface Histogram {
  readonly counts: readonly number[];
  /** Fractions of all pixels: with a channel at 255, with all of them at 0. */
  readonly highlights: number;
  readonly shadows: number;
}

const BINS = 256;
const HEIGHT = 64;
/** Gray on a dark ground, which suits light and dark themes. */
const GROUND = 40;
const BEFORE = [110, 110, 110] as const;
const AFTER = [225, 225, 225] as const;

/** Rec. 709 weights of the encoded values, as an editor's luminosity histogram has them. */
export function histogramOf(pixels: Uint8Array): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  let [highlights, shadows] = [0, 0];
  const total = pixels.length / 3;
  for (let i = 0; i < pixels.length; i += 3) {
    const [red, green, blue] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    const brightest = Math.max(red, green, blue);
    if (brightest === 255) highlights++;
    if (brightest === 0) shadows++;
    const level = Math.round(lumaAt(pixels, i));
    counts[level] = counts[level]! + 1;
  }
  return { counts, highlights: highlights / total, shadows: shadows / total };
}

/** Before as an area, after as a line above it, in one picture. Not a canvas: UXP's draws differently on each system. */
export function drawHistogram({ before, after }: { before: Histogram; after: Histogram }): PreviewPicture {
  const pixels = new Uint8Array(BINS * HEIGHT * 3).fill(GROUND);
  // A single spike must not flatten all the rest.
  const highest = Math.max(1, quantile([...before.counts, ...after.counts], 0.99));
  const heightOf = (count: number): number => Math.min(HEIGHT, Math.round((count / highest) * (HEIGHT - 4)));
  let last = heightOf(after.counts[0]!);
  for (let x = 0; x < BINS; x++) {
    column(pixels, x, { from: 0, to: heightOf(before.counts[x]!), color: BEFORE });
    const height = heightOf(after.counts[x]!);
    column(pixels, x, { from: Math.min(height, last) - 1, to: Math.max(height, last), color: AFTER });
    last = height;
  }
  return { width: BINS, height: HEIGHT, pixels };
}

/** Both histograms of a pair. */
export function histogramsOf({ before, after }: BeforeAfter): { before: Histogram; after: Histogram } {
  return { before: histogramOf(before), after: histogramOf(after) };
}

function column(
  pixels: Uint8Array,
  x: number,
  { from, to, color }: { from: number; to: number; color: readonly [number, number, number] },
): void {
  for (let y = Math.max(0, from); y < to; y++) pixels.set(color, ((HEIGHT - 1 - y) * BINS + x) * 3);
}

/** @param share below 1 */
function quantile(values: number[], share: number): number {
  values.sort((left, right) => left - right);
  return values[Math.floor(values.length * share)]!;
}
