/** The mean that auto-gamma aims at: the usual mean of well-exposed photographs, over all channels, encoded 0..1. */
const GOAL = 0.46;

/**
 * The baseline with one parameter: every encoded value raised to the power that brings the mean to 0.46.
 *
 * @param pixels encoded values 0..1
 */
export function autoGamma(pixels: Float32Array): Float32Array {
  let [low, high] = [-4, 4];
  for (let iteration = 0; iteration < 30; iteration++) {
    const middle = (low + high) / 2;
    if (meanPower(pixels, 2 ** middle) > GOAL) low = middle;
    else high = middle;
  }
  const gamma = 2 ** ((low + high) / 2);
  return pixels.map((value) => value ** gamma);
}

function meanPower(pixels: Float32Array, gamma: number): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 7) sum += pixels[i]! ** gamma;
  return sum / Math.ceil(pixels.length / 7);
}
