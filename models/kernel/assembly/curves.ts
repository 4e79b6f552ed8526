/*
 * The tabulated curves, four values at a time, step by step as models/src/apply/srgb-line.ts, ev-bias.ts and row-writer.ts have them.
 */
import {
  BIAS,
  DECODE_POWER,
  ENCODE_DARK,
  ENCODE_DARK_STRIDE,
  ENCODE_MAIN,
  ENCODE_MAIN_STRIDE,
  ENCODE_POWER,
  PLANES,
  PLANE_STRIDE,
  READ_MATRIX,
  SCRATCH,
  SRGB_DECODE,
  SRGB_ENCODE,
  WRITE_MATRIX,
} from './layout';

/** From here on a float has no fraction: the low bits of `whole + ROUNDING` are the whole number. */
export const ROUNDING: f32 = 8388608;
/** The bits of ROUNDING itself. */
export const ROUNDING_BITS: i32 = 0x4b000000;

/** Clamped to 0..1; what is no number is 0. (Not min and max: those cost more, as they pass on what is no number.) */
@inline
export function unit(value: v128): v128 {
  return f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), value));
}

/** Interpolates between the entries of a table. Positions are 0 or more and inside it; one entry beyond is read. */
@inline
export function lookUp(position: v128, table: usize): v128 {
  const whole = f32x4.floor(position);
  const bits = i32x4.shl(f32x4.add(whole, f32x4.splat(ROUNDING)), 2);
  const at = i32x4.add(bits, i32x4.splat(<i32>table - (ROUNDING_BITS << 2)));
  const low = v128.load64_lane(<usize>i32x4.extract_lane(at, 1), v128.load64_zero(<usize>i32x4.extract_lane(at, 0)), 1);
  const high = v128.load64_lane(<usize>i32x4.extract_lane(at, 3), v128.load64_zero(<usize>i32x4.extract_lane(at, 2)), 1);
  const below = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
  const above = v128.shuffle<f32>(low, high, 1, 3, 5, 7);
  return f32x4.add(below, f32x4.mul(f32x4.sub(position, whole), f32x4.sub(above, below)));
}

const ENCODE_STEPS: f32 = 2048;
const ENCODE_END: f32 = 4;
const ENCODE_TOE_END: f32 = 0.0031308;
const DECODE_STEPS: f32 = 4096;
const DECODE_END: f32 = 2;
const DECODE_TOE_END: f32 = 0.04045;
const TOE_SLOPE: f32 = 12.92;
// 1 / 12.92 and 1 / 1.055, rounded once.
const TOE_SLOPE_INVERSE: f32 = 0.07739938080495357;
const OFFSET: f32 = 0.055;
const SHARE_INVERSE: f32 = 0.9478672985781991;
const MANTISSA_ENTRIES: usize = 2049;

@inline
function withSignOf(value: v128, source: v128): v128 {
  return v128.or(value, v128.and(source, i32x4.splat(0x80000000)));
}

@inline
export function srgbEncode(linear: v128): v128 {
  const magnitude = f32x4.abs(linear);
  const inside = f32x4.pmin(f32x4.splat(ENCODE_END), magnitude);
  const power = lookUp(f32x4.mul(f32x4.sqrt(inside), f32x4.splat(ENCODE_STEPS)), SRGB_ENCODE);
  const isToe = f32x4.le(magnitude, f32x4.splat(ENCODE_TOE_END));
  const toe = f32x4.mul(linear, f32x4.splat(TOE_SLOPE));
  const encoded = v128.bitselect(toe, withSignOf(power, linear), isToe);
  if (i32x4.all_true(f32x4.lt(magnitude, f32x4.splat(ENCODE_END)))) return encoded;
  return encodeBeyond(linear, encoded);
}

@inline
export function srgbDecode(encoded: v128): v128 {
  const magnitude = f32x4.abs(encoded);
  const inside = f32x4.pmin(f32x4.splat(DECODE_END), magnitude);
  const power = lookUp(f32x4.mul(inside, f32x4.splat(DECODE_STEPS)), SRGB_DECODE);
  const isToe = f32x4.le(magnitude, f32x4.splat(DECODE_TOE_END));
  const toe = f32x4.mul(encoded, f32x4.splat(TOE_SLOPE_INVERSE));
  const linear = v128.bitselect(toe, withSignOf(power, encoded), isToe);
  if (i32x4.all_true(f32x4.lt(magnitude, f32x4.splat(DECODE_END)))) return linear;
  return decodeBeyond(encoded, linear);
}

function power(value: f32, table: usize): f32 {
  const pattern = reinterpret<i32>(value);
  const entry = table + <usize>(((pattern & 0x7fffff) >>> 12) << 2);
  const share: f32 = <f32>(pattern & 0xfff) / 4096;
  const below = load<f32>(entry);
  const mantissa: f32 = below + share * (load<f32>(entry, 4) - below);
  return mantissa * load<f32>(table + (MANTISSA_ENTRIES << 2) + <usize>((pattern >>> 23) << 2));
}

/** Replaces the lanes that lie beyond the table or are no number. */
function encodeBeyond(linear: v128, encoded: v128): v128 {
  v128.store(SCRATCH, linear);
  v128.store(SCRATCH, encoded, 16);
  for (let lane: usize = SCRATCH; lane < SCRATCH + 16; lane += 4) {
    const value = load<f32>(lane);
    const magnitude = abs(value);
    if (magnitude < ENCODE_END) continue;
    const beyond: f32 = magnitude == magnitude ? power(magnitude, ENCODE_POWER) - OFFSET : magnitude;
    store<f32>(lane, value < 0 ? -beyond : beyond, 16);
  }
  return v128.load(SCRATCH, 16);
}

function decodeBeyond(encoded: v128, linear: v128): v128 {
  v128.store(SCRATCH, encoded);
  v128.store(SCRATCH, linear, 16);
  for (let lane: usize = SCRATCH; lane < SCRATCH + 16; lane += 4) {
    const value = load<f32>(lane);
    const magnitude = abs(value);
    if (magnitude < DECODE_END) continue;
    const beyond: f32 = magnitude == magnitude ? power((magnitude + OFFSET) * SHARE_INVERSE, DECODE_POWER) : magnitude;
    store<f32>(lane, value < 0 ? -beyond : beyond, 16);
  }
  return v128.load(SCRATCH, 16);
}

@inline
function plane(channel: i32): usize {
  return PLANES + <usize>channel * PLANE_STRIDE;
}

function transform(count: i32, matrix: usize): void {
  for (let i = plane(0), end = plane(0) + (<usize>count << 2); i < end; i += 16) {
    const r = v128.load(i);
    const g = v128.load(i, PLANE_STRIDE);
    const b = v128.load(i, 2 * PLANE_STRIDE);
    v128.store(i, transformed(r, g, b, matrix));
    v128.store(i, transformed(r, g, b, matrix + 12), PLANE_STRIDE);
    v128.store(i, transformed(r, g, b, matrix + 24), 2 * PLANE_STRIDE);
  }
}

@inline
function transformed(r: v128, g: v128, b: v128, row: usize): v128 {
  const fromRed = f32x4.mul(v128.load32_splat(row), r);
  const fromGreen = f32x4.mul(v128.load32_splat(row, 4), g);
  return f32x4.add(f32x4.add(fromRed, fromGreen), f32x4.mul(v128.load32_splat(row, 8), b));
}

/** Linear light of the document in the first `channels` planes → sRGB-encoded. */
export function linearToSrgb(count: i32, channels: i32, hasMatrix: bool): void {
  if (hasMatrix) transform(count, READ_MATRIX);
  for (let c = 0; c < channels; c++) {
    for (let i = plane(c), end = plane(c) + (<usize>count << 2); i < end; i += 16) v128.store(i, srgbEncode(v128.load(i)));
  }
}

/** sRGB-encoded values in the first `channels` planes → linear light of the document. */
export function srgbToLinear(count: i32, channels: i32, hasMatrix: bool): void {
  for (let c = 0; c < channels; c++) {
    for (let i = plane(c), end = plane(c) + (<usize>count << 2); i < end; i += 16) v128.store(i, srgbDecode(v128.load(i)));
  }
  if (hasMatrix) transform(count, WRITE_MATRIX);
}

const BIAS_STEPS: f32 = 8192;
const BIAS_END: f32 = 1.5;

/** The EV bias, on all planes. */
export function bias(count: i32, gain: f32, inverseGain: f32): void {
  for (let c = 0; c < 3; c++) {
    for (let i = plane(c), end = plane(c) + (<usize>count << 2); i < end; i += 16) {
      const value = v128.load(i);
      const inside = f32x4.pmin(f32x4.splat(BIAS_END), f32x4.pmax(f32x4.splat(0), value));
      let biased = lookUp(f32x4.mul(inside, f32x4.splat(BIAS_STEPS)), BIAS);
      const isInside = v128.and(f32x4.ge(value, f32x4.splat(0)), f32x4.lt(value, f32x4.splat(BIAS_END)));
      if (!i32x4.all_true(isInside)) biased = v128.bitselect(biased, biasBeyond(value, gain, inverseGain), isInside);
      v128.store(i, biased);
    }
  }
}

function biasBeyond(value: v128, gain: f32, inverseGain: f32): v128 {
  const linear = srgbDecode(value);
  const below = f32x4.mul(f32x4.splat(gain), linear);
  const above = f32x4.mul(f32x4.sub(linear, f32x4.splat(1)), f32x4.splat(inverseGain));
  const isBelow = f32x4.lt(linear, f32x4.splat(0));
  return srgbEncode(v128.bitselect(below, f32x4.add(f32x4.splat(1), above), isBelow));
}

const LUMA_RED: f32 = 0.2126;
const LUMA_GREEN: f32 = 0.7152;
const LUMA_BLUE: f32 = 0.0722;

/** Puts the luma of the planes in the place of red. */
export function luma(count: i32): void {
  for (let i = plane(0), end = plane(0) + (<usize>count << 2); i < end; i += 16) {
    const r = f32x4.mul(f32x4.splat(LUMA_RED), v128.load(i));
    const g = f32x4.mul(f32x4.splat(LUMA_GREEN), v128.load(i, PLANE_STRIDE));
    const b = f32x4.mul(f32x4.splat(LUMA_BLUE), v128.load(i, 2 * PLANE_STRIDE));
    v128.store(i, f32x4.add(f32x4.add(r, g), b));
  }
}

/** Copies red to green and blue. */
export function spreadGray(count: i32): void {
  memory.copy(plane(1), plane(0), <usize>count << 2);
  memory.copy(plane(2), plane(0), <usize>count << 2);
}

const CURVE_STEPS: f32 = 4096;
const DARK_STEPS: f32 = 4;

/** Linear light of a plane, clamped to 0..1, through the curve with the tables number `curve`. */
export function encodePlane(count: i32, channel: i32, curve: i32): void {
  const main = ENCODE_MAIN + <usize>curve * ENCODE_MAIN_STRIDE;
  const dark = ENCODE_DARK + <usize>curve * ENCODE_DARK_STRIDE;
  for (let i = plane(channel), end = plane(channel) + (<usize>count << 2); i < end; i += 16) {
    const light = unit(v128.load(i));
    const position = f32x4.mul(f32x4.sqrt(light), f32x4.splat(CURVE_STEPS));
    let encoded = lookUp(position, main);
    const isDark = v128.and(f32x4.lt(position, f32x4.splat(DARK_STEPS)), f32x4.gt(light, f32x4.splat(0)));
    if (v128.any_true(isDark)) encoded = v128.bitselect(lookUpDark(light, isDark, dark), encoded, isDark);
    v128.store(i, encoded);
  }
}

function lookUpDark(light: v128, isDark: v128, table: usize): v128 {
  v128.store(SCRATCH, v128.and(light, isDark));
  for (let lane: usize = SCRATCH; lane < SCRATCH + 16; lane += 4) {
    const pattern = load<i32>(lane);
    const entry = table + <usize>((pattern >>> 18) << 2);
    const share: f32 = <f32>(pattern & 0x3ffff) / 262144;
    const below = load<f32>(entry);
    store<f32>(lane, below + share * (load<f32>(entry, 4) - below));
  }
  return v128.load(SCRATCH);
}
