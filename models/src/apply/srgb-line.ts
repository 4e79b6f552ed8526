import { SRGB_CURVE } from '../color/color-spaces.ts';
import { createTransferFunction } from '../color/transfer-function.ts';

/*
 * The sRGB curve at the speed of pixels, in 32-bit floats, each step rounded: the WebAssembly kernel does the same steps in the
 * same order (kernel/assembly/curves.ts) and gives the same bits. `Math.pow` takes about 20 ns in V8, a table with linear interpolation 2 ns;
 * and `pow` may differ in the last bit from machine to machine, a table does not.
 *
 * Encoding is tabulated over the square root of linear light: there the curve is nearly straight (x^(1/2.4) = t^0.83), so that
 * 2048 steps keep the error below 2e-7 where a table over linear light itself would need 40 000. The linear toe is computed, not
 * tabulated, which keeps the *relative* error of dark 32-bit pixels small. Beyond the tables (linear 4, encoded 2) the power is the
 * product of two smaller tables, of the mantissa and of the exponent. Errors of all this: below 3e-7 absolute in both directions
 * (1/50 of a 16-bit code) within ±1, 4e-7 of the value beyond.
 */
const f = Math.fround;

const ENCODE_STEPS = 2048;
const ENCODE_END = 4;
const ENCODE_TOE_END = f(0.0031308);
const DECODE_STEPS = 4096;
const DECODE_END = 2;
const DECODE_TOE_END = f(0.04045);
const TOE_SLOPE = f(12.92);
const TOE_SLOPE_INVERSE = f(1 / 12.92);
const OFFSET = f(0.055);
const SHARE_INVERSE = f(1 / 1.055);

const MANTISSA_STEPS = 2048;
/** A float's mantissa has 23 bits: the first 11 choose the step, the others the place in it. */
const MANTISSA_SHIFT = 12;
const EXPONENTS = 256;
const EXPONENT_BIAS = 127;

/** `[mantissa: 2049][exponent: 256]`: `factor · x^power` is the product of an entry of each. */
function powerTable(power: number, factor: number): Float32Array {
  return Float32Array.from({ length: MANTISSA_STEPS + 1 + EXPONENTS }, (_, i) => {
    const exponent = i - (MANTISSA_STEPS + 1);
    if (exponent < 0) return (1 + i / MANTISSA_STEPS) ** power;
    return exponent === EXPONENTS - 1 ? Infinity : factor * 2 ** ((exponent - EXPONENT_BIAS) * power);
  });
}

/** What both kernels look values up in. The first two hold the power alone, also where its step begins inside the toe: no kink. */
export const SRGB_TABLES = {
  encode: tabulate(Math.sqrt(ENCODE_END) * ENCODE_STEPS, (i) => 1.055 * (i / ENCODE_STEPS) ** (2 / 2.4) - 0.055),
  decode: tabulate(DECODE_END * DECODE_STEPS, (i) => ((i / DECODE_STEPS + 0.055) / 1.055) ** 2.4),
  encodePower: powerTable(1 / 2.4, 1.055),
  decodePower: powerTable(2.4, 1),
} as const;

function tabulate(steps: number, value: (index: number) => number): Float32Array {
  return Float32Array.from({ length: steps + 1 }, (_, index) => value(index));
}

/** The curve itself, in doubles, extended: what tables are filled with. */
export const exactSrgb = createTransferFunction(SRGB_CURVE);

const { encode: encodeTable, decode: decodeTable, encodePower, decodePower } = SRGB_TABLES;
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

function power(value: number, table: Float32Array): number {
  float[0] = value;
  const pattern = bits[0]!;
  const index = (pattern & 0x7fffff) >>> MANTISSA_SHIFT;
  const share = (pattern & 0xfff) / 4096;
  const below = table[index]!;
  const mantissa = f(below + f(share * f(table[index + 1]! - below)));
  return f(mantissa * table[MANTISSA_STEPS + 1 + (pattern >>> 23)]!);
}

function encodeBeyond(magnitude: number): number {
  return Number.isNaN(magnitude) ? magnitude : f(power(magnitude, encodePower) - OFFSET);
}

function decodeBeyond(magnitude: number): number {
  if (Number.isNaN(magnitude)) return magnitude;
  return power(f(f(magnitude + OFFSET) * SHARE_INVERSE), decodePower);
}

/** sRGB-encodes linear light, extended. The argument counts as a 32-bit float. */
export function srgbEncode(light: number): number {
  const linear = f(light);
  const magnitude = Math.abs(linear);
  if (magnitude <= ENCODE_TOE_END) return f(linear * TOE_SLOPE);
  let value: number;
  if (magnitude < ENCODE_END) {
    const position = f(f(Math.sqrt(magnitude)) * ENCODE_STEPS);
    const index = position | 0;
    const below = encodeTable[index]!;
    value = f(below + f(f(position - index) * f(encodeTable[index + 1]! - below)));
  } else {
    value = encodeBeyond(magnitude);
  }
  return linear < 0 ? -value : value;
}

/** Linear light of an sRGB-encoded value, extended. The argument counts as a 32-bit float. */
export function srgbDecode(code: number): number {
  const encoded = f(code);
  const magnitude = Math.abs(encoded);
  if (magnitude <= DECODE_TOE_END) return f(encoded * TOE_SLOPE_INVERSE);
  let value: number;
  if (magnitude < DECODE_END) {
    const position = f(magnitude * DECODE_STEPS);
    const index = position | 0;
    const below = decodeTable[index]!;
    value = f(below + f(f(position - index) * f(decodeTable[index + 1]! - below)));
  } else {
    value = decodeBeyond(magnitude);
  }
  return encoded < 0 ? -value : value;
}

/** A line of linear document RGB → sRGB-encoded, in place. */
export function encodeLine(line: Float32Array, matrix: Float32Array | undefined): void {
  if (matrix !== undefined) transformLine(line, matrix);
  for (let i = 0; i < line.length; i++) line[i] = srgbEncode(line[i]!);
}

/** A line of sRGB-encoded RGB → linear document RGB, in place. */
export function decodeLine(line: Float32Array, matrix: Float32Array | undefined): void {
  for (let i = 0; i < line.length; i++) line[i] = srgbDecode(line[i]!);
  if (matrix !== undefined) transformLine(line, matrix);
}

function transformLine(line: Float32Array, matrix: Float32Array): void {
  const [m00, m01, m02] = [matrix[0]!, matrix[1]!, matrix[2]!];
  const [m10, m11, m12] = [matrix[3]!, matrix[4]!, matrix[5]!];
  const [m20, m21, m22] = [matrix[6]!, matrix[7]!, matrix[8]!];
  for (let i = 0; i < line.length; i += 3) {
    const r = line[i]!;
    const g = line[i + 1]!;
    const b = line[i + 2]!;
    line[i] = f(f(f(m00 * r) + f(m01 * g)) + f(m02 * b));
    line[i + 1] = f(f(f(m10 * r) + f(m11 * g)) + f(m12 * b));
    line[i + 2] = f(f(f(m20 * r) + f(m21 * g)) + f(m22 * b));
  }
}
