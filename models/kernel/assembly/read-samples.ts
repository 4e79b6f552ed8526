/*
 * Samples → planes of floats, four pixels at a time. Four pixels are read even where the row has fewer left: the host leaves room.
 */
import { PLANES, PLANE_STRIDE } from './layout';

const R: usize = PLANES;
const G: usize = PLANES + PLANE_STRIDE;
const B: usize = PLANES + 2 * PLANE_STRIDE;

/** Stores four whole numbers, scaled. */
@inline
function storeScaled(plane: usize, whole: v128, scale: v128): void {
  v128.store(plane, f32x4.mul(f32x4.convert_i32x4_s(whole), scale));
}

/** `count` pixels of 8 bits at `pixels`, times `scale`. Gray goes to the first plane alone. */
export function readBytes(pixels: usize, channels: i32, count: i32, factor: f32): void {
  const scale = f32x4.splat(factor);
  const end = <usize>count << 2;
  let p = pixels;
  if (channels == 3) {
    for (let i: usize = 0; i < end; i += 16, p += 12) {
      const four = v128.load(p);
      storeScaled(R + i, i8x16.swizzle(four, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1)), scale);
      storeScaled(G + i, i8x16.swizzle(four, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1)), scale);
      storeScaled(B + i, i8x16.swizzle(four, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1)), scale);
    }
  } else if (channels == 4) {
    for (let i: usize = 0; i < end; i += 16, p += 16) {
      const four = v128.load(p);
      storeScaled(R + i, v128.and(four, i32x4.splat(0xff)), scale);
      storeScaled(G + i, v128.and(i32x4.shr_u(four, 8), i32x4.splat(0xff)), scale);
      storeScaled(B + i, v128.and(i32x4.shr_u(four, 16), i32x4.splat(0xff)), scale);
    }
  } else if (channels == 2) {
    for (let i: usize = 0; i < end; i += 16, p += 8) {
      storeScaled(R + i, i8x16.swizzle(v128.load64_zero(p), i8x16(0, -1, -1, -1, 2, -1, -1, -1, 4, -1, -1, -1, 6, -1, -1, -1)), scale);
    }
  } else {
    for (let i: usize = 0; i < end; i += 16, p += 4) {
      storeScaled(R + i, i8x16.swizzle(v128.load32_zero(p), i8x16(0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3, -1, -1, -1)), scale);
    }
  }
}

/** `count` pixels of 16 bits at `pixels`, times `scale`. */
export function readWords(pixels: usize, channels: i32, count: i32, factor: f32): void {
  const scale = f32x4.splat(factor);
  const end = <usize>count << 2;
  let p = pixels;
  if (channels == 3) {
    for (let i: usize = 0; i < end; i += 16, p += 24) {
      const first = v128.load(p);
      const second = v128.load(p, 8);
      const red = v128.or(
        i8x16.swizzle(first, i8x16(0, 1, -1, -1, 6, 7, -1, -1, 12, 13, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(second, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 10, 11, -1, -1)),
      );
      const green = v128.or(
        i8x16.swizzle(first, i8x16(2, 3, -1, -1, 8, 9, -1, -1, 14, 15, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(second, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 12, 13, -1, -1)),
      );
      const blue = v128.or(
        i8x16.swizzle(first, i8x16(4, 5, -1, -1, 10, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
        i8x16.swizzle(second, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 8, 9, -1, -1, 14, 15, -1, -1)),
      );
      storeScaled(R + i, red, scale);
      storeScaled(G + i, green, scale);
      storeScaled(B + i, blue, scale);
    }
  } else if (channels == 4) {
    for (let i: usize = 0; i < end; i += 16, p += 32) {
      const first = v128.load(p);
      const second = v128.load(p, 16);
      const rg = v128.shuffle<f32>(first, second, 0, 2, 4, 6);
      const ba = v128.shuffle<f32>(first, second, 1, 3, 5, 7);
      storeScaled(R + i, v128.and(rg, i32x4.splat(0xffff)), scale);
      storeScaled(G + i, i32x4.shr_u(rg, 16), scale);
      storeScaled(B + i, v128.and(ba, i32x4.splat(0xffff)), scale);
    }
  } else if (channels == 2) {
    for (let i: usize = 0; i < end; i += 16, p += 16) {
      storeScaled(R + i, v128.and(v128.load(p), i32x4.splat(0xffff)), scale);
    }
  } else {
    for (let i: usize = 0; i < end; i += 16, p += 8) {
      storeScaled(R + i, v128.load16x4_u(p), scale);
    }
  }
}

/** `count` pixels of floats at `pixels`, as they are. */
export function readFloats(pixels: usize, channels: i32, count: i32): void {
  const end = <usize>count << 2;
  let p = pixels;
  if (channels == 3) {
    for (let i: usize = 0; i < end; i += 16, p += 48) {
      const first = v128.load(p);
      const second = v128.load(p, 16);
      const third = v128.load(p, 32);
      const red = v128.shuffle<f32>(first, second, 0, 3, 6, 6);
      const green = v128.shuffle<f32>(first, second, 1, 4, 7, 7);
      const blue = v128.shuffle<f32>(first, second, 2, 5, 5, 5);
      v128.store(R + i, v128.shuffle<f32>(red, third, 0, 1, 2, 5));
      v128.store(G + i, v128.shuffle<f32>(green, third, 0, 1, 2, 6));
      v128.store(B + i, v128.shuffle<f32>(blue, third, 0, 1, 4, 7));
    }
  } else if (channels == 4) {
    for (let i: usize = 0; i < end; i += 16, p += 64) {
      const first = v128.load(p);
      const second = v128.load(p, 16);
      const third = v128.load(p, 32);
      const fourth = v128.load(p, 48);
      const rg = v128.shuffle<f32>(first, second, 0, 4, 1, 5);
      const rg2 = v128.shuffle<f32>(third, fourth, 0, 4, 1, 5);
      const blue = v128.shuffle<f32>(first, second, 2, 6, 2, 6);
      v128.store(R + i, v128.shuffle<f32>(rg, rg2, 0, 1, 4, 5));
      v128.store(G + i, v128.shuffle<f32>(rg, rg2, 2, 3, 6, 7));
      v128.store(B + i, v128.shuffle<f32>(blue, v128.shuffle<f32>(third, fourth, 2, 6, 2, 6), 0, 1, 4, 5));
    }
  } else if (channels == 2) {
    for (let i: usize = 0; i < end; i += 16, p += 32) {
      v128.store(R + i, v128.shuffle<f32>(v128.load(p), v128.load(p, 16), 0, 2, 4, 6));
    }
  } else {
    memory.copy(R, pixels, end);
  }
}

/** Looks `count` codes of 8 bits up, each colour in its own table. */
export function lookUpBytes(pixels: usize, channels: i32, count: i32, red: usize, green: usize, blue: usize): void {
  const end = <usize>count << 2;
  let p = pixels;
  for (let i: usize = 0; i < end; i += 4, p += channels) {
    store<f32>(R + i, load<f32>(red + (<usize>load<u8>(p) << 2)));
    if (channels < 3) continue;
    store<f32>(G + i, load<f32>(green + (<usize>load<u8>(p, 1) << 2)));
    store<f32>(B + i, load<f32>(blue + (<usize>load<u8>(p, 2) << 2)));
  }
}

/** Looks `count` codes of 16 bits up, each colour in its own table. */
export function lookUpWords(pixels: usize, channels: i32, count: i32, red: usize, green: usize, blue: usize): void {
  const end = <usize>count << 2;
  let p = pixels;
  for (let i: usize = 0; i < end; i += 4, p += channels << 1) {
    store<f32>(R + i, load<f32>(red + (<usize>load<u16>(p) << 2)));
    if (channels < 3) continue;
    store<f32>(G + i, load<f32>(green + (<usize>load<u16>(p, 2) << 2)));
    store<f32>(B + i, load<f32>(blue + (<usize>load<u16>(p, 4) << 2)));
  }
}
