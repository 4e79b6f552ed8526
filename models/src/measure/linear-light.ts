import { decodeLine } from '../apply/srgb-line.ts';

/** The linear light of sRGB-encoded values. */
export function linearLight(encoded: ArrayLike<number>): Float32Array {
  const light = new Float32Array(encoded);
  decodeLine(light, undefined);
  return light;
}
