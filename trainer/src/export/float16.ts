const LARGEST = 65_504;

/**
 * By hand until Node 24, which has `Float16Array`, is the oldest that is supported.
 *
 * IEEE 754 binary16 bit patterns of float32 values, rounded to nearest, ties to even.
 *
 * @returns undefined if a value is too large for a half: such weights stay in 32 bits
 */
export function toFloat16(values: Float32Array): Uint16Array | undefined {
  const halves = new Uint16Array(values.length);
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  for (let i = 0; i < values.length; i++) {
    single[0] = values[i]!;
    if (!(Math.abs(single[0]) <= LARGEST)) return undefined;
    halves[i] = halfOf(bits[0]!, single[0]);
  }
  return halves;
}

function halfOf(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  // Below 2^-14 a half is a multiple of 2^-24.
  if (exponent < -14) return sign | roundHalfEven(Math.abs(value) * 2 ** 24);
  const mantissa = bits & 0x7fffff;
  const kept = mantissa >>> 13;
  const dropped = mantissa & 0x1fff;
  const roundUp = dropped > 0x1000 || (dropped === 0x1000 && (kept & 1) === 1) ? 1 : 0;
  // A carry out of the mantissa moves into the exponent, as it must.
  return (sign | ((exponent + 15) << 10) | kept) + roundUp;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
