import type { TrainingPicture } from '../degrade/training-picture.ts';

/** A picture as it is, and as it should be; both have one size. */
export interface ExposurePair {
  readonly input: TrainingPicture;
  readonly target: TrainingPicture;
}

/**
 * A composed picture. `mask` `[height][width]` is the share of each pixel that shows the photograph or object (1) rather than
 * its surround (0).
 */
export interface Composition extends ExposurePair {
  readonly mask: Float32Array;
}

/** An encoded colour, each channel 0..1. */
export type Rgb = readonly [number, number, number];

/** Width and height in pixels. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

/** A neutral colour. */
export function gray(value: number): Rgb {
  return [value, value, value];
}

/** A picture that needs no change: input and target show the same. */
export function keep(picture: TrainingPicture, mask: Float32Array): Composition {
  return { input: picture, target: { ...picture, pixels: picture.pixels.slice() }, mask };
}
