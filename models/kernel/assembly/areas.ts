/*
 * The averaging of proxies: rows are added up sample by sample, the sums of a band of rows then column by column, as
 * models/src/area-sums.ts and column-sums.ts have it. Integers are added as integers, which is exact in any order.
 *
 * `rows` are `count` rows, `stride` bytes apart, of `length` samples. Whole vectors are read and added: the host leaves room.
 */

@inline
function addTo(sums: usize, values: v128): void {
  v128.store(sums, i32x4.add(v128.load(sums), values));
}

/** Of 8 bits, at most 256 rows: their sums fit into 16 bits. */
export function addByteRows(rows: usize, stride: usize, count: i32, sums: usize, length: i32): void {
  for (let i: usize = 0; i < <usize>length; i += 16) {
    let low = i16x8.splat(0);
    let high = i16x8.splat(0);
    for (let k = 0, p = rows + i; k < count; k++, p += stride) {
      const samples = v128.load(p);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(samples));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(samples));
    }
    const target = sums + (i << 2);
    addTo(target, i32x4.extend_low_i16x8_u(low));
    addTo(target + 16, i32x4.extend_high_i16x8_u(low));
    addTo(target + 32, i32x4.extend_low_i16x8_u(high));
    addTo(target + 48, i32x4.extend_high_i16x8_u(high));
  }
}

/** Of 8 bits with alpha last: colours times alpha, and alpha. */
export function addByteRowsWithAlpha(rows: usize, stride: usize, count: i32, sums: usize, length: i32, channels: i32): void {
  const isGray = channels == 2;
  const alphas = isGray
    ? i8x16(1, -1, 3, -1, 5, -1, 7, -1, 9, -1, 11, -1, 13, -1, 15, -1)
    : i8x16(3, 3, 3, -1, 7, 7, 7, -1, 11, 11, 11, -1, 15, 15, 15, -1);
  const ones = isGray ? i16x8.splat(0x100) : i32x4.splat(0x1000000);
  for (let i: usize = 0; i < <usize>length; i += 16) {
    let first = i32x4.splat(0);
    let second = i32x4.splat(0);
    let third = i32x4.splat(0);
    let fourth = i32x4.splat(0);
    for (let k = 0, p = rows + i; k < count; k++, p += stride) {
      const samples = v128.load(p);
      const weights = v128.or(i8x16.swizzle(samples, alphas), ones);
      const low = i16x8.extmul_low_i8x16_u(samples, weights);
      const high = i16x8.extmul_high_i8x16_u(samples, weights);
      first = i32x4.add(first, i32x4.extend_low_i16x8_u(low));
      second = i32x4.add(second, i32x4.extend_high_i16x8_u(low));
      third = i32x4.add(third, i32x4.extend_low_i16x8_u(high));
      fourth = i32x4.add(fourth, i32x4.extend_high_i16x8_u(high));
    }
    const target = sums + (i << 2);
    addTo(target, first);
    addTo(target + 16, second);
    addTo(target + 32, third);
    addTo(target + 48, fourth);
  }
}

/** Of 16 bits. */
export function addWordRows(rows: usize, stride: usize, count: i32, sums: usize, length: i32): void {
  for (let i: usize = 0; i < <usize>length; i += 8) {
    let low = i32x4.splat(0);
    let high = i32x4.splat(0);
    for (let k = 0, p = rows + (i << 1); k < count; k++, p += stride) {
      const samples = v128.load(p);
      low = i32x4.add(low, i32x4.extend_low_i16x8_u(samples));
      high = i32x4.add(high, i32x4.extend_high_i16x8_u(samples));
    }
    const target = sums + (i << 2);
    addTo(target, low);
    addTo(target + 16, high);
  }
}

/** Of 16 bits with alpha last, in sums of 64 bits. */
export function addWordRowsWithAlpha(rows: usize, stride: usize, count: i32, sums: usize, length: i32, channels: i32): void {
  const isGray = channels == 2;
  const alphas = isGray
    ? i8x16(2, 3, -1, -1, -1, -1, -1, -1, 6, 7, -1, -1, -1, -1, -1, -1)
    : i8x16(6, 7, -1, -1, 6, 7, -1, -1, 6, 7, -1, -1, -1, -1, -1, -1);
  const ones = isGray ? i32x4(0, 1, 0, 1) : i32x4(0, 0, 0, 1);
  for (let i: usize = 0; i < <usize>length; i += 4) {
    let low = i64x2.splat(0);
    let high = i64x2.splat(0);
    for (let k = 0, p = rows + (i << 1); k < count; k++, p += stride) {
      const packed = v128.load64_zero(p);
      const samples = i32x4.extend_low_i16x8_u(packed);
      const weights = v128.or(i8x16.swizzle(packed, alphas), ones);
      low = i64x2.add(low, i64x2.extmul_low_i32x4_u(samples, weights));
      high = i64x2.add(high, i64x2.extmul_high_i32x4_u(samples, weights));
    }
    const target = sums + (i << 3);
    v128.store(target, i64x2.add(v128.load(target), low));
    v128.store(target, i64x2.add(v128.load(target, 16), high), 16);
  }
}

/** Of floats, in sums of 64 bits. Row after row, as their sums depend on the order. `channels` 0: without alpha. */
export function addFloatRows(rows: usize, stride: usize, count: i32, sums: usize, length: i32, channels: i32): void {
  for (let k = 0; k < count; k++) {
    const row = rows + <usize>k * stride;
    for (let i: usize = 0; i < <usize>length; i += 4) {
      const samples = v128.load(row + (i << 2));
      let low = f64x2.promote_low_f32x4(samples);
      let high = f64x2.promote_low_f32x4(v128.shuffle<f32>(samples, samples, 2, 3, 2, 3));
      if (channels == 4) {
        const alpha = f64x2.splat(f64x2.extract_lane(high, 1));
        low = f64x2.mul(low, alpha);
        high = f64x2.mul(high, f64x2.replace_lane(alpha, 1, 1));
      } else if (channels == 2) {
        low = f64x2.mul(low, f64x2(f64x2.extract_lane(low, 1), 1));
        high = f64x2.mul(high, f64x2(f64x2.extract_lane(high, 1), 1));
      }
      const target = sums + (i << 3);
      v128.store(target, f64x2.add(v128.load(target), low));
      v128.store(target, f64x2.add(v128.load(target, 16), high), 16);
    }
  }
}

/**
 * Adds columns up to the areas that they belong to, `[areas][channels]`.
 *
 * @param coverage `[areas]` of two int32, first and last column, and two float64, their weights
 */
@inline
function addColumns<T>(sums: usize, channels: i32, coverage: usize, areas: i32, target: usize): void {
  const pixel = <usize>channels * sizeof<T>();
  let out = target;
  for (let i = 0, area = coverage; i < areas; i++, area += 24) {
    const first = sums + <usize>load<i32>(area) * pixel;
    const last = sums + <usize>load<i32>(area, 4) * pixel;
    const firstWeight = load<f64>(area, 8);
    const lastWeight = load<f64>(area, 16);
    for (let c: usize = 0; c < pixel; c += sizeof<T>(), out += 8) {
      const ends = firstWeight * <f64>load<T>(first + c) + lastWeight * <f64>load<T>(last + c);
      if (sizeof<T>() == 4) {
        let whole: i64 = 0;
        for (let p = first + pixel + c; p < last; p += pixel) whole += <i64>load<T>(p);
        store<f64>(out, ends + <f64>whole);
      } else {
        let whole: f64 = 0;
        for (let p = first + pixel + c; p < last; p += pixel) whole += <f64>load<T>(p);
        store<f64>(out, ends + whole);
      }
    }
  }
}

/** Of sums of 32 bits. */
export function addIntegerColumns(sums: usize, channels: i32, coverage: usize, areas: i32, target: usize): void {
  addColumns<u32>(sums, channels, coverage, areas, target);
}

@inline
function lowDoubles(whole: v128): v128 {
  return f64x2.convert_low_i32x4_u(whole);
}

@inline
function highDoubles(whole: v128): v128 {
  return f64x2.convert_low_i32x4_u(v128.shuffle<i32>(whole, whole, 2, 3, 2, 3));
}

/**
 * Of sums of 32 bits whose totals by area fit into 32 bits, of three or four channels: a vector for each pixel. Of three, the fourth lane
 * is the next pixel's; what it writes is overwritten, but behind the last area: the host leaves room.
 */
export function addPixelColumns(sums: usize, channels: i32, coverage: usize, areas: i32, target: usize): void {
  const pixel = <usize>channels << 2;
  let out = target;
  for (let i = 0, area = coverage; i < areas; i++, area += 24) {
    const first = sums + <usize>load<i32>(area) * pixel;
    const last = sums + <usize>load<i32>(area, 4) * pixel;
    let whole = i32x4.splat(0);
    for (let p = first + pixel; p < last; p += pixel) whole = i32x4.add(whole, v128.load(p));
    const left = v128.load(first);
    const right = v128.load(last);
    const leftWeight = v128.load64_splat(area, 8);
    const rightWeight = v128.load64_splat(area, 16);
    const low = f64x2.add(f64x2.mul(leftWeight, lowDoubles(left)), f64x2.mul(rightWeight, lowDoubles(right)));
    const high = f64x2.add(f64x2.mul(leftWeight, highDoubles(left)), f64x2.mul(rightWeight, highDoubles(right)));
    v128.store(out, f64x2.add(low, lowDoubles(whole)));
    v128.store(out, f64x2.add(high, highDoubles(whole)), 16);
    out += <usize>channels << 3;
  }
}

/** Of integer sums of 64 bits. */
export function addLongColumns(sums: usize, channels: i32, coverage: usize, areas: i32, target: usize): void {
  addColumns<i64>(sums, channels, coverage, areas, target);
}

/** Of floating-point sums. */
export function addFloatColumns(sums: usize, channels: i32, coverage: usize, areas: i32, target: usize): void {
  addColumns<f64>(sums, channels, coverage, areas, target);
}

/** Sets sums to zero. */
export function clear(sums: usize, bytes: usize): void {
  memory.fill(sums, 0, bytes);
}
