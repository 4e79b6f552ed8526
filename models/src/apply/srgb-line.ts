import type { Matrix3 } from '../color/color-space.ts';
import { SRGB_CURVE } from '../color/color-spaces.ts';
import { createTransferFunction } from '../color/transfer-function.ts';

/*
 * The sRGB curve at the speed of pixels. `Math.pow` takes about 20 ns in V8; a table between whose entries is interpolated 2 ns.
 *
 * Encoding is tabulated over the square root of linear light: there the curve is nearly straight (x^(1/2.4) = t^0.83), so that
 * 2048 steps keep the error below 2e-7 where a table over linear light itself would need 40 000. The linear toe is computed, not
 * tabulated, which keeps the *relative* error of dark 32-bit pixels small. Beyond the tables (linear 4, encoded 2) the curve is
 * computed as well. Errors of all this: below 2e-7 absolute in both directions (1/75 of a 16-bit code), 4e-7 beyond 1.
 */
const ENCODE_STEPS = 2048;
const ENCODE_END = 4;
const ENCODE_TOE_END = 0.0031308;
const DECODE_STEPS = 4096;
const DECODE_END = 2;
const DECODE_TOE_END = 0.04045;
const TOE_SLOPE = 12.92;

const exact = createTransferFunction(SRGB_CURVE);
// Both tables hold the power alone, also where its step begins inside the toe: no kink to interpolate across.
const encodeTable = tabulate(
  Math.sqrt(ENCODE_END) * ENCODE_STEPS,
  (i) => 1.055 * (i / ENCODE_STEPS) ** (2 / 2.4) - 0.055,
);
const decodeTable = tabulate(DECODE_END * DECODE_STEPS, (i) => ((i / DECODE_STEPS + 0.055) / 1.055) ** 2.4);

function tabulate(steps: number, value: (index: number) => number): Float32Array {
  return Float32Array.from({ length: steps + 1 }, (_, index) => value(index));
}

/** sRGB-encodes linear light, extended. */
export function srgbEncode(linear: number): number {
  const magnitude = Math.abs(linear);
  if (magnitude <= ENCODE_TOE_END) return linear * TOE_SLOPE;
  if (!(magnitude < ENCODE_END)) return exact.encode(linear);
  const position = Math.sqrt(magnitude) * ENCODE_STEPS;
  const index = position | 0;
  const below = encodeTable[index]!;
  const value = below + (position - index) * (encodeTable[index + 1]! - below);
  return linear < 0 ? -value : value;
}

/** Linear light of an sRGB-encoded value, extended. */
export function srgbDecode(encoded: number): number {
  const magnitude = Math.abs(encoded);
  if (magnitude <= DECODE_TOE_END) return encoded / TOE_SLOPE;
  if (!(magnitude < DECODE_END)) return exact.decode(encoded);
  const position = magnitude * DECODE_STEPS;
  const index = position | 0;
  const below = decodeTable[index]!;
  const value = below + (position - index) * (decodeTable[index + 1]! - below);
  return encoded < 0 ? -value : value;
}

/** A line of linear document RGB → sRGB-encoded, in place. */
export function encodeLine(line: Float32Array, matrix: Matrix3 | undefined): void {
  if (matrix !== undefined) transformLine(line, matrix);
  for (let i = 0; i < line.length; i++) line[i] = srgbEncode(line[i]!);
}

/** A line of sRGB-encoded RGB → linear document RGB, in place. */
export function decodeLine(line: Float32Array, matrix: Matrix3 | undefined): void {
  for (let i = 0; i < line.length; i++) line[i] = srgbDecode(line[i]!);
  if (matrix !== undefined) transformLine(line, matrix);
}

function transformLine(line: Float32Array, matrix: Matrix3): void {
  const [m00, m01, m02] = [matrix[0]!, matrix[1]!, matrix[2]!];
  const [m10, m11, m12] = [matrix[3]!, matrix[4]!, matrix[5]!];
  const [m20, m21, m22] = [matrix[6]!, matrix[7]!, matrix[8]!];
  for (let i = 0; i < line.length; i += 3) {
    const r = line[i]!;
    const g = line[i + 1]!;
    const b = line[i + 2]!;
    line[i] = m00 * r + m01 * g + m02 * b;
    line[i + 1] = m10 * r + m11 * g + m12 * b;
    line[i + 2] = m20 * r + m21 * g + m22 * b;
  }
}
