import type { Random } from '../random.ts';
import type { Camera } from './camera.ts';

/**
 * What operations work on: an encoded picture, interleaved RGB `[height][width][3]`, values 0..1, changed in place.
 * A picture that was rendered from a panorama also knows its scene light (`[height][width][3]`, 1 = just clipped by
 * `scene.camera`), so that a camera operation can clip for real what it over-exposes and recover what it under-exposes.
 */
export interface TrainingPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
  readonly scene?: { readonly light: Float32Array; readonly camera: Camera };
}

/** One seeded change of a picture, in place. */
export type Operation = (picture: TrainingPicture, random: Random) => void | Promise<void>;

/** A pair of numbers `[low, high]` from which a parameter is drawn. */
export type Range = readonly [number, number];

/** Draws uniformly from a range. */
export function draw(random: Random, range: Range): number {
  return random.uniform(range[0], range[1]);
}

/** An independent copy for the input of a pair. The scene light is shared: operations never change it. */
export function copyPicture(picture: TrainingPicture): TrainingPicture {
  return { ...picture, pixels: picture.pixels.slice() };
}

/** Mean over all channels of every `step`-th pixel. */
export function sampledMean(pixels: Float32Array, step: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < pixels.length; i += 3 * step) {
    sum += pixels[i]! + pixels[i + 1]! + pixels[i + 2]!;
    count += 3;
  }
  return sum / count;
}
