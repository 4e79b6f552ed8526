/*
 * Slices the bilateral grid, step by step as models/src/apply/grid-slicer.ts has it.
 *
 * Pixels come four at a time, a vector for each colour: that is how the guide and the places in the cell are computed. The matrix is
 * then interpolated pixel by pixel, a vector for each of its rows, which takes 18 operations where 36 single ones would do; the three
 * products are added up for the four pixels at once. Vectors of columns take 24 operations and a lane of each is idle.
 */
import { GUIDE, PLANES, PLANE_STRIDE } from './layout';
import { lookUp, ROUNDING, ROUNDING_BITS, unit } from './curves';

/** Bytes of a grid cell: 12 floats. */
const CELL: usize = 48;
/** Bytes of the terms of one depth of a cell: `[row][c0, c1, c2, c3][4]`. */
const TERMS: usize = 192;

/**
 * Interpolates the grid between two of its rows, then makes the terms of every cell and depth.
 *
 * @param rowGrid takes `[gridWidth][gridDepth][12]`
 * @param terms takes `[cells][depths][48]`, see TERMS
 */
export function prepareRow(
  grid: usize,
  rowGrid: usize,
  terms: usize,
  gridWidth: i32,
  gridDepth: i32,
  upper: i32,
  lower: i32,
  share: f32,
): void {
  const rowBytes = <usize>(gridWidth * gridDepth) * CELL;
  const above = grid + <usize>upper * rowBytes;
  const below = grid + <usize>lower * rowBytes;
  const shares = f32x4.splat(share);
  for (let i: usize = 0; i < rowBytes; i += 16) {
    const value = v128.load(above + i);
    v128.store(rowGrid + i, f32x4.add(value, f32x4.mul(shares, f32x4.sub(v128.load(below + i), value))));
  }
  const depths = max(1, gridDepth - 1);
  const alongZ = gridDepth > 1 ? CELL : 0;
  const cells = max(1, gridWidth - 1);
  const alongX = gridWidth > 1 ? <usize>gridDepth * CELL : 0;
  let target = terms;
  for (let x = 0; x < cells; x++) {
    let corner = rowGrid + <usize>(x * gridDepth) * CELL;
    for (let z = 0; z < depths; z++) {
      prepareCell(target, corner, alongX, alongZ);
      target += TERMS;
      corner += CELL;
    }
  }
}

@inline
function prepareCell(target: usize, corner: usize, alongX: usize, alongZ: usize): void {
  for (let row: usize = 0; row < 3; row++) {
    const at = corner + row * 16;
    const c0 = v128.load(at);
    const c1 = f32x4.sub(v128.load(at + alongX), c0);
    const deeper = v128.load(at + alongZ);
    v128.store(target + row * 64, c0);
    v128.store(target + row * 64, c1, 16);
    v128.store(target + row * 64, f32x4.sub(deeper, c0), 32);
    v128.store(target + row * 64, f32x4.sub(f32x4.sub(v128.load(at + alongX + alongZ), deeper), c1), 48);
  }
}

let red: f32 = 0;
let green: f32 = 0;
let blue: f32 = 0;
let isBent: bool = false;
let depth: f32 = 0;
let columnScale: f32 = 0;

/** What stays the same from row to row. `scale` is that of the columns; `bent`: the guide goes through its table. */
export function setGuide(redWeight: f32, greenWeight: f32, blueWeight: f32, bent: bool, gridDepth: i32, scale: f32): void {
  red = redWeight;
  green = greenWeight;
  blue = blueWeight;
  isBent = bent;
  depth = <f32>gridDepth;
  columnScale = scale;
}

/**
 * Corrects the planes' pixels, which are pixels `first` to `first + count` of the row.
 *
 * @param segments `[cells + 1]` int32, the pixels where cells begin
 * @param starts `[cells]` float32
 */
export function slice(first: i32, count: i32, terms: usize, segments: usize, starts: usize, cells: i32): void {
  const cellBytes = <usize>max(1, <i32>depth - 1) * TERMS;
  for (let cell = 0; cell < cells; cell++) {
    const begin = load<i32>(segments + (<usize>cell << 2));
    const from = max(begin, first) - first;
    const to = min(load<i32>(segments + (<usize>cell << 2), 4), first + count) - first;
    if (from < to) {
      sliceSegment(from, to, <f32>(first - begin), load<f32>(starts + (<usize>cell << 2)), terms + <usize>cell * cellBytes);
    }
  }
}

@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

@inline
function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}

@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 3, 6, 7);
}

/** A row of the matrix at one place in a cell. */
@inline
function mix(terms: usize, fx: v128, fz: v128): v128 {
  const near = f32x4.add(v128.load(terms), f32x4.mul(v128.load(terms, 16), fx));
  return f32x4.add(near, f32x4.mul(fz, f32x4.add(v128.load(terms, 32), f32x4.mul(v128.load(terms, 48), fx))));
}

/** Half the sums of two products each: `[a0 + a2, b0 + b2, a1 + a3, b1 + b3]`. */
@inline
function halfSums(a: v128, b: v128): v128 {
  return f32x4.add(low(a, b), high(a, b));
}

/** `offset + n` is how far pixel n of the chunk lies behind the segment's first. */
function sliceSegment(from: i32, to: i32, offset: f32, start: f32, terms: usize): void {
  const first = from & ~3;
  const lanes = f32x4(0, 1, 2, 3);
  const scale = f32x4.splat(columnScale);
  const starts = f32x4.splat(start);
  const depths = f32x4.splat(depth);
  const deepest = f32x4.splat(depth - 1);
  const lastCell = f32x4.splat(max<f32>(0, depth - 2));
  const termsAt = i32x4.splat(<i32>terms - ROUNDING_BITS);
  let place = PLANES + (<usize>first << 2);
  for (let x = first; x < to; x += 4, place += 16) {
    const r = v128.load(place);
    const g = v128.load(place, PLANE_STRIDE);
    const b = v128.load(place, 2 * PLANE_STRIDE);
    const column = f32x4.add(f32x4.splat(<f32>x + offset), lanes);
    const fx = unit(f32x4.add(f32x4.mul(column, scale), starts));
    const weighted = f32x4.add(f32x4.mul(f32x4.splat(red), unit(r)), f32x4.mul(f32x4.splat(green), unit(g)));
    let guide = unit(f32x4.add(weighted, f32x4.mul(f32x4.splat(blue), unit(b))));
    if (isBent) guide = lookUp(f32x4.mul(f32x4.sqrt(guide), f32x4.splat(4096)), GUIDE);
    const inGrid = f32x4.sub(f32x4.mul(guide, depths), f32x4.splat(0.5));
    const w = f32x4.pmin(deepest, f32x4.pmax(f32x4.splat(0), inGrid));
    const z = f32x4.pmin(lastCell, f32x4.floor(w));
    const fz = f32x4.sub(w, z);
    const at = i32x4.add(f32x4.add(f32x4.mul(z, f32x4.splat(<f32>TERMS)), f32x4.splat(ROUNDING)), termsAt);

    const rgLow = low(r, g);
    const b1Low = low(b, f32x4.splat(1));
    let p = lowPairs(rgLow, b1Low);
    let q = highPairs(rgLow, b1Low);
    let fxp = v128.shuffle<f32>(fx, fx, 0, 0, 0, 0);
    let fxq = v128.shuffle<f32>(fx, fx, 1, 1, 1, 1);
    let fzp = v128.shuffle<f32>(fz, fz, 0, 0, 0, 0);
    let fzq = v128.shuffle<f32>(fz, fz, 1, 1, 1, 1);
    let atp = <usize>i32x4.extract_lane(at, 0);
    let atq = <usize>i32x4.extract_lane(at, 1);
    const reds = halfSums(f32x4.mul(mix(atp, fxp, fzp), p), f32x4.mul(mix(atq, fxq, fzq), q));
    const greens = halfSums(f32x4.mul(mix(atp + 64, fxp, fzp), p), f32x4.mul(mix(atq + 64, fxq, fzq), q));
    const blues = halfSums(f32x4.mul(mix(atp + 128, fxp, fzp), p), f32x4.mul(mix(atq + 128, fxq, fzq), q));

    const rgHigh = high(r, g);
    const b1High = high(b, f32x4.splat(1));
    p = lowPairs(rgHigh, b1High);
    q = highPairs(rgHigh, b1High);
    fxp = v128.shuffle<f32>(fx, fx, 2, 2, 2, 2);
    fxq = v128.shuffle<f32>(fx, fx, 3, 3, 3, 3);
    fzp = v128.shuffle<f32>(fz, fz, 2, 2, 2, 2);
    fzq = v128.shuffle<f32>(fz, fz, 3, 3, 3, 3);
    atp = <usize>i32x4.extract_lane(at, 2);
    atq = <usize>i32x4.extract_lane(at, 3);
    const reds2 = halfSums(f32x4.mul(mix(atp, fxp, fzp), p), f32x4.mul(mix(atq, fxq, fzq), q));
    const greens2 = halfSums(f32x4.mul(mix(atp + 64, fxp, fzp), p), f32x4.mul(mix(atq + 64, fxq, fzq), q));
    const blues2 = halfSums(f32x4.mul(mix(atp + 128, fxp, fzp), p), f32x4.mul(mix(atq + 128, fxq, fzq), q));

    let newRed = f32x4.add(lowPairs(reds, reds2), highPairs(reds, reds2));
    let newGreen = f32x4.add(lowPairs(greens, greens2), highPairs(greens, greens2));
    let newBlue = f32x4.add(lowPairs(blues, blues2), highPairs(blues, blues2));
    if (x < from || x + 4 > to) {
      // A segment ends inside these four: the other pixels wait for theirs.
      const n = i32x4.add(i32x4.splat(x), i32x4(0, 1, 2, 3));
      const isMine = v128.and(i32x4.ge_s(n, i32x4.splat(from)), i32x4.lt_s(n, i32x4.splat(to)));
      newRed = v128.bitselect(newRed, r, isMine);
      newGreen = v128.bitselect(newGreen, g, isMine);
      newBlue = v128.bitselect(newBlue, b, isMine);
    }
    v128.store(place, newRed);
    v128.store(place, newGreen, PLANE_STRIDE);
    v128.store(place, newBlue, 2 * PLANE_STRIDE);
  }
}
