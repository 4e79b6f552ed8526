import { srgbDecode, srgbEncode } from './srgb-line.ts';

/** Changes a line of sRGB-encoded values in place. */
export type LineCurve = (line: Float32Array) => void;

/** Steps of the table from one unit to the next: keeps ±3 EV within 4e-6, a quarter of a 16-bit code. */
const STEPS = 8192;
/** Where the table ends: highlights that a correction lifted beyond white. What lies outside is computed. */
const END = 1.5;

/**
 * The EV bias as a function of an sRGB-encoded value. In linear light, k = 2^ev: `k·l / (1 + (k − 1)·l)` in 0..1 lifts the
 * shadows by k and leaves 0 and 1 in place; above 1 it goes on with slope 1/k, below 0 with slope k.
 */
export function biasEncoded(encoded: number, evBias: number): number {
  const k = 2 ** evBias;
  const linear = srgbDecode(encoded);
  if (linear < 0) return srgbEncode(k * linear);
  return srgbEncode(linear > 1 ? 1 + (linear - 1) / k : (k * linear) / (1 + (k - 1) * linear));
}

/** {@link biasEncoded} for whole lines; `undefined` for a bias of 0. */
export function createEvBias(evBias: number): LineCurve | undefined {
  if (evBias === 0) return undefined;
  const table = Float32Array.from({ length: END * STEPS + 1 }, (_, i) => biasEncoded(i / STEPS, evBias));
  return (line) => {
    for (let i = 0; i < line.length; i++) {
      const value = line[i]!;
      if (value >= 0 && value < END) {
        const position = value * STEPS;
        const index = position | 0;
        const below = table[index]!;
        line[i] = below + (position - index) * (table[index + 1]! - below);
      } else {
        line[i] = biasEncoded(value, evBias);
      }
    }
  };
}
