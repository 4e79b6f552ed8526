/*
 * Finds near-duplicates.
 *
 * The perceptual hash of the field takes the signs of the low frequencies of a small luma picture's cosine transform (Zauner,
 * "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010). Exposure is what differs between the pictures
 * here, so that two things are changed: luma is replaced by its rank, which no monotonous tone curve alters, and the
 * coefficients keep their sizes (weighted by frequency, then their roots), because signs alone separate too little.
 *
 * Measured 2026-11-28 by `bench/near-duplicates.ts` on every eighth photograph of the maintainers' collection (63) and the pairs
 * of `data/dev`; lowest / 5th percentile of the similarity, share at or above the threshold:
 *
 *   JPEG quality 30          0.93 / 0.99  100 %     1 % cut off each side    0.93 / 0.95  100 %
 *   160 pixels, quality 60   0.93 / 0.98  100 %     3 % cut off each side    0.59 / 0.68   98 %
 *   −4 EV                    0.98 / 0.99  100 %     SICE under : reference   0.90 / 0.95  100 % of 103
 *   +1.5 EV, clipped         0.42 / 0.76   98 %     SICE over : reference    0.79 / 0.88  100 % of 103
 *   +2.5 EV, clipped         0.52 / 0.66   95 %     FiveK input : expert C   0.97 / 0.97  100 % of 15
 *
 * Of the collection's 550 pictures no two different ones reach more than 0.37. The threshold misses copies that lost most of their picture to clipping, narrower crops, and mirrored
 * copies.
 */
import { LUMA_WEIGHTS } from '@evenlight/models';
import { areaResample } from '../pipeline/area-resample.ts';
import type { StoredPhoto } from './picture-store.ts';
import type { LinearPicture } from './radiance.ts';

/** Pictures at least this similar show the same. */
export const NEAR_DUPLICATE = 0.6;

/** Side of the small luma picture, and of the square of frequencies that are kept. */
const SIDE = 32;
const FREQUENCIES = 16;

const [RED, GREEN, BLUE] = LUMA_WEIGHTS;

/** The fingerprint of a picture: a unit vector, or zeros for a picture without any structure. */
export type Fingerprint = Float32Array;

export function photoFingerprint(photo: StoredPhoto): Fingerprint {
  const { width, height } = photo;
  const small = areaResample(photo, { left: 0, top: 0, width, height }, SIDE);
  return fingerprintOf(Float32Array.from({ length: SIDE * SIDE }, (_, i) => luma(small, i * 3)));
}

export function panoramaFingerprint({ width, height, light }: LinearPicture): Fingerprint {
  const sums = new Float32Array(SIDE * SIDE);
  const counts = new Uint32Array(SIDE * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * SIDE) / height) * SIDE + Math.floor((x * SIDE) / width);
      sums[cell] = sums[cell]! + luma(light, (y * width + x) * 3);
      counts[cell] = counts[cell]! + 1;
    }
  }
  return fingerprintOf(sums.map((sum, cell) => sum / Math.max(1, counts[cell]!)));
}

/** 1 for the same picture, about 0 for any two. */
export function similarity(a: Fingerprint, b: Fingerprint): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function luma(pixels: Float32Array, at: number): number {
  return RED * pixels[at]! + GREEN * pixels[at + 1]! + BLUE * pixels[at + 2]!;
}

function fingerprintOf(lumas: Float32Array): Fingerprint {
  const spectrum = lowFrequencies(ranks(lumas));
  const length = Math.hypot(...spectrum);
  return length < 1e-6 ? spectrum.fill(0) : spectrum.map((value) => value / length);
}

/** Each value's rank in −0.5…0.5; equal values share the mean of theirs. */
function ranks(values: Float32Array): Float32Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const out = new Float32Array(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let i = first; i < end; i++) out[order[i]!] = (first + end - 1) / 2 / (values.length - 1) - 0.5;
    first = end;
  }
  return out;
}

/** The cosine transform's low frequencies without the mean, weighted by frequency, then their signed roots. */
function lowFrequencies(cells: Float32Array): Float32Array {
  const out = new Float32Array(FREQUENCIES * FREQUENCIES - 1);
  const rows = new Float32Array(SIDE * FREQUENCIES);
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += cells[y * SIDE + x]! * COSINES[u * SIDE + x]!;
      rows[y * FREQUENCIES + u] = sum;
    }
  }
  for (let index = 1; index < FREQUENCIES * FREQUENCIES; index++) {
    const [u, v] = [index % FREQUENCIES, Math.floor(index / FREQUENCIES)];
    let sum = 0;
    for (let y = 0; y < SIDE; y++) sum += rows[y * FREQUENCIES + u]! * COSINES[v * SIDE + y]!;
    out[index - 1] = Math.sign(sum) * Math.sqrt((u + v) * Math.abs(sum));
  }
  return out;
}

const COSINES = Float64Array.from({ length: FREQUENCIES * SIDE }, (_, i) =>
  Math.cos((Math.PI * (2 * (i % SIDE) + 1) * Math.floor(i / SIDE)) / (2 * SIDE)),
);
