import { meanDeltaE2000 } from '@evenlight/models';

/** Every how many pixels ΔE2000 is taken: a mean over 30,000 pixels differs from one over 260,000 in the third digit. */
const STRIDE = 7;

/** Mean ΔE2000 over every `stride`-th pixel of two encoded pictures, 0..1. */
export function sampledDeltaE(left: Float32Array, right: Float32Array, stride = STRIDE): number {
  return meanDeltaE2000(sampled(left, stride), sampled(right, stride));
}

/** The stride, odd and at least the usual one, that takes about `count` of a picture's pixels. */
export function strideFor(pixels: number, count: number): number {
  return Math.max(STRIDE, Math.floor(pixels / count) | 1);
}

function sampled(pixels: Float32Array, stride: number): Float32Array {
  const out = new Float32Array(Math.ceil(pixels.length / 3 / stride) * 3);
  for (let i = 0; i < out.length; i += 3) {
    for (let c = 0; c < 3; c++) out[i + c] = pixels[i * stride + c]!;
  }
  return out;
}
