/*
 * Planes of sRGB-encoded floats or of a document's encoded floats → samples, four pixels at a time, in place of those that were read:
 * alpha stays. Four pixels are written even where the row has fewer left: the host leaves room.
 */
import { PLANES, PLANE_STRIDE } from './layout';
import { ROUNDING, unit } from './curves';

const R: usize = PLANES;
const G: usize = PLANES + PLANE_STRIDE;
const B: usize = PLANES + 2 * PLANE_STRIDE;

/** Codes in the low bits, rounded to the nearest, halves to the even one. */
@inline
function codes(plane: usize, maxCode: v128): v128 {
  return f32x4.add(f32x4.mul(unit(v128.load(plane)), maxCode), f32x4.splat(ROUNDING));
}

/** `count` pixels of 8 bits to `pixels`. */
export function writeBytes(pixels: usize, channels: i32, count: i32, max: f32): void {
  const maxCode = f32x4.splat(max);
  const end = <usize>count << 2;
  let p = pixels;
  if (channels == 3) {
    for (let i: usize = 0; i < end; i += 16, p += 12) {
      const red = i8x16.swizzle(codes(R + i, maxCode), i8x16(0, -1, -1, 4, -1, -1, 8, -1, -1, 12, -1, -1, -1, -1, -1, -1));
      const green = i8x16.swizzle(codes(G + i, maxCode), i8x16(-1, 0, -1, -1, 4, -1, -1, 8, -1, -1, 12, -1, -1, -1, -1, -1));
      const blue = i8x16.swizzle(codes(B + i, maxCode), i8x16(-1, -1, 0, -1, -1, 4, -1, -1, 8, -1, -1, 12, -1, -1, -1, -1));
      const four = v128.or(v128.or(red, green), blue);
      v128.store64_lane(p, four, 0);
      v128.store32_lane(p, four, 2, 8);
    }
  } else if (channels == 4) {
    for (let i: usize = 0; i < end; i += 16, p += 16) {
      const red = v128.and(codes(R + i, maxCode), i32x4.splat(0xff));
      const green = i32x4.shl(v128.and(codes(G + i, maxCode), i32x4.splat(0xff)), 8);
      const blue = i32x4.shl(v128.and(codes(B + i, maxCode), i32x4.splat(0xff)), 16);
      const alpha = v128.and(v128.load(p), i32x4.splat(0xff000000));
      v128.store(p, v128.or(v128.or(red, green), v128.or(blue, alpha)));
    }
  } else if (channels == 2) {
    for (let i: usize = 0; i < end; i += 16, p += 8) {
      const gray = i8x16.swizzle(codes(R + i, maxCode), i8x16(0, -1, 4, -1, 8, -1, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1));
      const alpha = v128.and(v128.load64_zero(p), i16x8.splat(<i16>0xff00));
      v128.store64_lane(p, v128.or(gray, alpha), 0);
    }
  } else {
    for (let i: usize = 0; i < end; i += 16, p += 4) {
      v128.store32_lane(p, i8x16.swizzle(codes(R + i, maxCode), i8x16(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)), 0);
    }
  }
}

/** `count` pixels of 16 bits to `pixels`. */
export function writeWords(pixels: usize, channels: i32, count: i32, max: f32): void {
  const maxCode = f32x4.splat(max);
  const end = <usize>count << 2;
  let p = pixels;
  if (channels == 3) {
    for (let i: usize = 0; i < end; i += 16, p += 24) {
      const red = codes(R + i, maxCode);
      const green = codes(G + i, maxCode);
      const blue = codes(B + i, maxCode);
      v128.store(p, v128.or(v128.or(i8x16.swizzle(red, i8x16(0, 1, -1, -1, -1, -1, 4, 5, -1, -1, -1, -1, 8, 9, -1, -1)), i8x16.swizzle(green, i8x16(-1, -1, 0, 1, -1, -1, -1, -1, 4, 5, -1, -1, -1, -1, 8, 9))), i8x16.swizzle(blue, i8x16(-1, -1, -1, -1, 0, 1, -1, -1, -1, -1, 4, 5, -1, -1, -1, -1))));
      const rest = v128.or(v128.or(i8x16.swizzle(red, i8x16(-1, -1, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)), i8x16.swizzle(green, i8x16(-1, -1, -1, -1, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1))), i8x16.swizzle(blue, i8x16(8, 9, -1, -1, -1, -1, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1)));
      v128.store64_lane(p, rest, 0, 16);
    }
  } else if (channels == 4) {
    for (let i: usize = 0; i < end; i += 16, p += 32) {
      const red = v128.and(codes(R + i, maxCode), i32x4.splat(0xffff));
      const rg = v128.or(red, i32x4.shl(codes(G + i, maxCode), 16));
      const blue = v128.and(codes(B + i, maxCode), i32x4.splat(0xffff));
      const first = v128.and(v128.load(p), i64x2.splat(0xffff000000000000));
      const second = v128.and(v128.load(p, 16), i64x2.splat(0xffff000000000000));
      v128.store(p, v128.or(first, v128.shuffle<f32>(rg, blue, 0, 4, 1, 5)));
      v128.store(p, v128.or(second, v128.shuffle<f32>(rg, blue, 2, 6, 3, 7)), 16);
    }
  } else if (channels == 2) {
    for (let i: usize = 0; i < end; i += 16, p += 16) {
      const gray = v128.and(codes(R + i, maxCode), i32x4.splat(0xffff));
      v128.store(p, v128.or(gray, v128.and(v128.load(p), i32x4.splat(0xffff0000))));
    }
  } else {
    for (let i: usize = 0; i < end; i += 16, p += 8) {
      v128.store64_lane(p, i8x16.swizzle(codes(R + i, maxCode), i8x16(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1)), 0);
    }
  }
}

/** `count` pixels of floats to `pixels`. */
export function writeFloats(pixels: usize, channels: i32, count: i32): void {
  const end = <usize>count << 2;
  let p = pixels;
  if (channels == 3) {
    for (let i: usize = 0; i < end; i += 16, p += 48) {
      const red = v128.load(R + i);
      const green = v128.load(G + i);
      const blue = v128.load(B + i);
      const low = v128.shuffle<f32>(red, green, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(red, green, 2, 6, 3, 7);
      v128.store(p, v128.shuffle<f32>(low, blue, 0, 1, 4, 2));
      v128.store(p, v128.shuffle<f32>(v128.shuffle<f32>(low, blue, 3, 5, 3, 5), high, 0, 1, 4, 5), 16);
      v128.store(p, v128.shuffle<f32>(high, blue, 6, 2, 3, 7), 32);
    }
  } else if (channels == 4) {
    for (let i: usize = 0; i < end; i += 16, p += 64) {
      const red = v128.load(R + i);
      const green = v128.load(G + i);
      const blue = v128.load(B + i);
      const low = v128.shuffle<f32>(red, green, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(red, green, 2, 6, 3, 7);
      storeColors(p, v128.shuffle<f32>(low, blue, 0, 1, 4, 4));
      storeColors(p + 16, v128.shuffle<f32>(low, blue, 2, 3, 5, 5));
      storeColors(p + 32, v128.shuffle<f32>(high, blue, 0, 1, 6, 6));
      storeColors(p + 48, v128.shuffle<f32>(high, blue, 2, 3, 7, 7));
    }
  } else if (channels == 2) {
    for (let i: usize = 0; i < end; i += 16, p += 32) {
      const gray = v128.load(R + i);
      v128.store(p, v128.shuffle<f32>(gray, v128.load(p), 0, 5, 1, 7));
      v128.store(p, v128.shuffle<f32>(gray, v128.load(p, 16), 2, 5, 3, 7), 16);
    }
  } else {
    memory.copy(pixels, R, end);
  }
}

/** Keeps the fourth float. */
@inline
function storeColors(pixel: usize, colors: v128): void {
  v128.store(pixel, v128.shuffle<f32>(colors, v128.load(pixel), 0, 1, 2, 7));
}
