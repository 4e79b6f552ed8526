import { exactSrgb, srgbDecode, srgbEncode } from './srgb-line.ts';

/** Changes a line of sRGB-encoded values in place. */
export type LineCurve = (line: Float32Array) => void;

/** The EV bias as both kernels compute it. */
export interface Bias {
  /** 2^ev, and its inverse. */
  readonly gain: number;
  readonly inverseGain: number;
  /** From 0 to {@link BIAS_END}. */
  readonly table: Float32Array;
}

const f = Math.fround;

/** Steps of the table from one unit to the next: keeps ±3 EV within 4e-6, a quarter of a 16-bit code. */
const STEPS = 8192;
/** Where the table ends: highlights that a correction lifted beyond white. What lies outside is computed. */
const BIAS_END = 1.5;

/**
 * The EV bias as a function of an sRGB-encoded value. In linear light, k = 2^ev: `k·l / (1 + (k − 1)·l)` in 0..1 lifts the
 * shadows by k and leaves 0 and 1 in place; above 1 it goes on with slope 1/k, below 0 with slope k.
 */
export function biasEncoded(encoded: number, evBias: number): number {
  const k = 2 ** evBias;
  const linear = exactSrgb.decode(encoded);
  if (linear < 0) return exactSrgb.encode(k * linear);
  return exactSrgb.encode(linear > 1 ? 1 + (linear - 1) / k : (k * linear) / (1 + (k - 1) * linear));
}

/** `undefined` for a bias of 0. */
export function planBias(evBias: number): Bias | undefined {
  if (evBias === 0) return undefined;
  const table = Float32Array.from({ length: BIAS_END * STEPS + 1 }, (_, i) => biasEncoded(i / STEPS, evBias));
  return { gain: f(2 ** evBias), inverseGain: f(2 ** -evBias), table };
}

/** {@link biasEncoded} for whole lines. */
export function createEvBias(bias: Bias): LineCurve {
  const { table } = bias;
  return (line) => {
    for (let i = 0; i < line.length; i++) {
      const value = line[i]!;
      if (value >= 0 && value < BIAS_END) {
        const position = f(value * STEPS);
        const index = position | 0;
        const below = table[index]!;
        line[i] = f(below + f(f(position - index) * f(table[index + 1]! - below)));
      } else {
        line[i] = biasBeyond(value, bias);
      }
    }
  };
}

/** For values below black or beyond the table, where the curve is straight in linear light. */
function biasBeyond(value: number, { gain, inverseGain }: Bias): number {
  const linear = srgbDecode(value);
  return srgbEncode(linear < 0 ? f(gain * linear) : f(1 + f(f(linear - 1) * inverseGain)));
}
