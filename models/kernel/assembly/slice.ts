/*
 * Slices the bilateral grid, step by step as models/src/apply/grid-slicer.ts has it.
 *
 * The guide and the places in the cell are computed for four pixels at a time, a vector for each colour. The matrix is then
 * interpolated pixel by pixel, a vector for each of its rows, which takes 18 operations where 36 single ones would do; the three
 * products are added up for two pixels at once. Vectors of columns take 24 operations and a lane of each is idle.
 *
 * The two steps take turns, a block of pixels each, and what the first one finds out lies in memory between them. In one loop of four
 * pixels V8 runs out of registers: 120 instructions a pixel where 70 do.
 */
import { BLOCK, BLOCK_CELLS, BLOCK_COLORS, BLOCK_X, BLOCK_Z, GUIDE, PLANES, PLANE_STRIDE } from './layout';
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

/** Half the sums of two products each: `[a0 + a2, b0 + b2, a1 + a3, b1 + b3]`. */
@inline
function halfSums(a: v128, b: v128): v128 {
  return f32x4.add(low(a, b), high(a, b));
}

/** `offset + n` is how far pixel n of the chunk lies behind the segment's first. */
function sliceSegment(from: i32, to: i32, offset: f32, start: f32, terms: usize): void {
  for (let first = from & ~3; first < to; first += BLOCK) {
    const end = min(first + BLOCK, to);
    findPlaces(first, end, offset, start, terms);
    mixPixels(max(first, from), end, first);
  }
}

/**
 * Where pixels lie in their cell, four at a time: fills the block with the shares of right and deeper corners, the addresses of the
 * terms, and `[r, g, b, 1]`.
 */
@inline
function findPlaces(first: i32, end: i32, offset: f32, start: f32, terms: usize): void {
  const lanes = f32x4(0, 1, 2, 3);
  const scale = f32x4.splat(columnScale);
  const starts = f32x4.splat(start);
  const depths = f32x4.splat(depth);
  const deepest = f32x4.splat(depth - 1);
  const lastCell = f32x4.splat(max<f32>(0, depth - 2));
  const termsAt = i32x4.splat(<i32>terms - ROUNDING_BITS);
  let place = PLANES + (<usize>first << 2);
  for (let x = first, i: usize = 0; x < end; x += 4, i += 16, place += 16) {
    const r = v128.load(place);
    const g = v128.load(place, PLANE_STRIDE);
    const b = v128.load(place, 2 * PLANE_STRIDE);
    const column = f32x4.add(f32x4.splat(<f32>x + offset), lanes);
    v128.store(BLOCK_X + i, unit(f32x4.add(f32x4.mul(column, scale), starts)));
    const weighted = f32x4.add(f32x4.mul(f32x4.splat(red), unit(r)), f32x4.mul(f32x4.splat(green), unit(g)));
    let guide = unit(f32x4.add(weighted, f32x4.mul(f32x4.splat(blue), unit(b))));
    if (isBent) guide = lookUp(f32x4.mul(f32x4.sqrt(guide), f32x4.splat(4096)), GUIDE);
    const inGrid = f32x4.sub(f32x4.mul(guide, depths), f32x4.splat(0.5));
    const w = f32x4.pmin(deepest, f32x4.pmax(f32x4.splat(0), inGrid));
    const z = f32x4.pmin(lastCell, f32x4.floor(w));
    v128.store(BLOCK_Z + i, f32x4.sub(w, z));
    const at = i32x4.add(f32x4.add(f32x4.mul(z, f32x4.splat(<f32>TERMS)), f32x4.splat(ROUNDING)), termsAt);
    v128.store(BLOCK_CELLS + i, at);

    const colors = BLOCK_COLORS + (i << 2);
    const rgLow = low(r, g);
    const b1Low = low(b, f32x4.splat(1));
    v128.store(colors, lowPairs(rgLow, b1Low));
    v128.store(colors, highPairs(rgLow, b1Low), 16);
    const rgHigh = high(r, g);
    const b1High = high(b, f32x4.splat(1));
    v128.store(colors, lowPairs(rgHigh, b1High), 32);
    v128.store(colors, highPairs(rgHigh, b1High), 48);
  }
}

/** Corrects the pixels of a block that belong to the segment, two at a time. The block begins with pixel `first`. */
@inline
function mixPixels(from: i32, end: i32, first: i32): void {
  let place = PLANES + (<usize>from << 2);
  let i = <usize>(from - first) << 2;
  for (let x = from; x < end; x += 2, i += 8, place += 8) {
    const fxp = v128.load32_splat(BLOCK_X + i);
    const fzp = v128.load32_splat(BLOCK_Z + i);
    const p = v128.load(BLOCK_COLORS + (i << 2));
    const atp = load<u32>(BLOCK_CELLS + i);
    // The last one of an odd number is its own neighbour.
    const j = x + 1 < end ? i + 4 : i;
    const fxq = v128.load32_splat(BLOCK_X + j);
    const fzq = v128.load32_splat(BLOCK_Z + j);
    const q = v128.load(BLOCK_COLORS + (j << 2));
    const atq = load<u32>(BLOCK_CELLS + j);

    const nearRedP = f32x4.add(v128.load(atp), f32x4.mul(v128.load(atp, 16), fxp));
    const deepRedP = f32x4.mul(fzp, f32x4.add(v128.load(atp, 32), f32x4.mul(v128.load(atp, 48), fxp)));
    const nearRedQ = f32x4.add(v128.load(atq), f32x4.mul(v128.load(atq, 16), fxq));
    const deepRedQ = f32x4.mul(fzq, f32x4.add(v128.load(atq, 32), f32x4.mul(v128.load(atq, 48), fxq)));
    const reds = halfSums(f32x4.mul(f32x4.add(nearRedP, deepRedP), p), f32x4.mul(f32x4.add(nearRedQ, deepRedQ), q));

    const nearGreenP = f32x4.add(v128.load(atp, 64), f32x4.mul(v128.load(atp, 80), fxp));
    const deepGreenP = f32x4.mul(fzp, f32x4.add(v128.load(atp, 96), f32x4.mul(v128.load(atp, 112), fxp)));
    const nearGreenQ = f32x4.add(v128.load(atq, 64), f32x4.mul(v128.load(atq, 80), fxq));
    const deepGreenQ = f32x4.mul(fzq, f32x4.add(v128.load(atq, 96), f32x4.mul(v128.load(atq, 112), fxq)));
    const greens = halfSums(f32x4.mul(f32x4.add(nearGreenP, deepGreenP), p), f32x4.mul(f32x4.add(nearGreenQ, deepGreenQ), q));

    const nearBlueP = f32x4.add(v128.load(atp, 128), f32x4.mul(v128.load(atp, 144), fxp));
    const deepBlueP = f32x4.mul(fzp, f32x4.add(v128.load(atp, 160), f32x4.mul(v128.load(atp, 176), fxp)));
    const nearBlueQ = f32x4.add(v128.load(atq, 128), f32x4.mul(v128.load(atq, 144), fxq));
    const deepBlueQ = f32x4.mul(fzq, f32x4.add(v128.load(atq, 160), f32x4.mul(v128.load(atq, 176), fxq)));
    const blues = halfSums(f32x4.mul(f32x4.add(nearBlueP, deepBlueP), p), f32x4.mul(f32x4.add(nearBlueQ, deepBlueQ), q));

    const redGreen = f32x4.add(lowPairs(reds, greens), highPairs(reds, greens));
    const newBlue = f32x4.add(lowPairs(blues, blues), highPairs(blues, blues));
    if (x + 1 < end) {
      v128.store64_lane(place, redGreen, 0);
      v128.store64_lane(place, redGreen, 1, PLANE_STRIDE);
      v128.store64_lane(place, newBlue, 0, 2 * PLANE_STRIDE);
    } else {
      v128.store32_lane(place, redGreen, 0);
      v128.store32_lane(place, redGreen, 2, PLANE_STRIDE);
      v128.store32_lane(place, newBlue, 0, 2 * PLANE_STRIDE);
    }
  }
}
