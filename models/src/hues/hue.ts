/** Colours that share their lowest channel. */
export interface Family {
  readonly lowest: 0 | 2;
  /** The two other channels. */
  readonly pair: readonly [0, 1] | readonly [1, 2];
}

/** Red, orange, yellow, green: blue is the lowest. */
export const WARM: Family = { lowest: 2, pair: [0, 1] };
/** Cyan to violet: red is the lowest. */
export const BLUES: Family = { lowest: 0, pair: [1, 2] };

/**
 * A colour of a family: the first channel of the pair less the second, and how far their mean is above the lowest channel. The ratio of
 * the two is its hue: 0 for pure yellow or cyan, 2 for red and green, −2 for green and blue. Gray has a height of 0.
 */
export interface Hue {
  readonly difference: number;
  readonly height: number;
}

/** The family of the pixel whose red is at `at`; none for gray, and for magentas, whose lowest channel is green. */
export function familyOf(pixels: Float32Array, at: number): Family | undefined {
  const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
  if (blue < green && blue <= red) return WARM;
  return red < green && red < blue ? BLUES : undefined;
}

/** How a pixel looks to a family. The height is at least 0: in a corrected pixel another channel may be the lowest. */
export function hueOf(pixels: Float32Array, at: number, { lowest, pair: [first, second] }: Family): Hue {
  const [a, b] = [pixels[at + first]!, pixels[at + second]!];
  return { difference: a - b, height: Math.max(0, (a + b) / 2 - pixels[at + lowest]!) };
}
