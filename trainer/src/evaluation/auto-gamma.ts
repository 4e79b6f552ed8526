/** The mean that auto-gamma aims at: the usual mean of well-exposed photographs, over all channels, encoded 0..1. */
const GOAL = 0.46;
const CODES = 256;
const SAMPLE_STRIDE = 7;

/**
 * The baseline with one parameter: every encoded value raised to the power that brings the mean to 0.46.
 *
 * @param codes encoded values 0..255
 * @returns encoded values 0..1
 */
export function autoGamma(codes: Uint8Array): Float32Array {
  const counts = new Float64Array(CODES);
  for (let i = 0; i < codes.length; i += SAMPLE_STRIDE) counts[codes[i]!] = counts[codes[i]!]! + 1;
  let [low, high] = [-4, 4];
  for (let iteration = 0; iteration < 30; iteration++) {
    const middle = (low + high) / 2;
    if (meanPower(counts, 2 ** middle) > GOAL) low = middle;
    else high = middle;
  }
  const gamma = 2 ** ((low + high) / 2);
  const curve = Float32Array.from({ length: CODES }, (_, code) => (code / (CODES - 1)) ** gamma);
  return Float32Array.from(codes, (code) => curve[code]!);
}

function meanPower(counts: Float64Array, gamma: number): number {
  let sum = 0;
  let total = 0;
  for (const [code, count] of counts.entries()) {
    sum += count * (code / (CODES - 1)) ** gamma;
    total += count;
  }
  return sum / total;
}
