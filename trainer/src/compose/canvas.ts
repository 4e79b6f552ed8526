import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import type { CanvasSize, Rgb } from './composition.ts';

/** A rectangle in pixels; its edges may lie within pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Column and row, in pixels from the top left. */
export type Point = readonly [x: number, y: number];

export const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/** An empty picture of one colour. */
export function createCanvas({ width, height }: CanvasSize, [red, green, blue]: Rgb): TrainingPicture {
  const pixels = new Float32Array(width * height * 3);
  for (let i = 0; i < pixels.length; i += 3) {
    pixels[i] = red;
    pixels[i + 1] = green;
    pixels[i + 2] = blue;
  }
  return { width, height, pixels };
}

/** Covers `share` of a pixel with a colour. Pixels outside the picture are ignored. */
function cover(picture: TrainingPicture, [x, y]: Point, color: Rgb, share: number): void {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  const at = (y * picture.width + x) * 3;
  for (let c = 0; c < 3; c++) picture.pixels[at + c] = picture.pixels[at + c]! * (1 - share) + color[c]! * share;
}

/** Adds light to a pixel; what exceeds 1 clips. */
export function addLight(picture: TrainingPicture, [x, y]: Point, color: Rgb, amount: number): void {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  const at = (y * picture.width + x) * 3;
  for (let c = 0; c < 3; c++) picture.pixels[at + c] = clamp(picture.pixels[at + c]! + color[c]! * amount);
}

/** Calls `paint` for every pixel that a box touches, with the share that it covers. */
export function eachPixel(box: Box, size: CanvasSize, paint: (x: number, y: number, share: number) => void): void {
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  for (let y = Math.max(0, Math.floor(box.top)); y < Math.min(size.height, Math.ceil(bottom)); y++) {
    const tall = Math.min(y + 1, bottom) - Math.max(y, box.top);
    for (let x = Math.max(0, Math.floor(box.left)); x < Math.min(size.width, Math.ceil(right)); x++) {
      paint(x, y, tall * (Math.min(x + 1, right) - Math.max(x, box.left)));
    }
  }
}

/** Fills a box; pixels at its edges are covered in part. */
export function fillBox(picture: TrainingPicture, box: Box, color: Rgb, opacity = 1): void {
  eachPixel(box, picture, (x, y, share) => {
    cover(picture, [x, y], color, share * opacity);
  });
}

/** Adds a round glow with a Gaussian profile, `radius` = its standard deviation in pixels. */
export function addGlow(picture: TrainingPicture, centre: Point, radius: number, light: Rgb): void {
  const reach = Math.ceil(3 * radius);
  const [column, row] = [Math.round(centre[0]), Math.round(centre[1])];
  for (let y = row - reach; y <= row + reach; y++) {
    for (let x = column - reach; x <= column + reach; x++) {
      const distance = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (radius * radius);
      if (distance < 9) addLight(picture, [x, y], light, Math.exp(-distance / 2));
    }
  }
}

/** Adds grain, normally distributed with the given deviation; `where` limits it to a share of each pixel. */
export function addGrain(picture: TrainingPicture, random: Random, deviation: number, where?: Float32Array): void {
  if (deviation === 0) return;
  const { pixels } = picture;
  for (let i = 0; i < pixels.length; i++) {
    const share = where?.[Math.floor(i / 3)] ?? 1;
    if (share > 0) pixels[i] = clamp(pixels[i]! + share * random.normal(0, deviation));
  }
}

/** Three box blurs after one another: nearly a Gaussian with standard deviation `radius`. Values outside count as 0. */
export function blur(values: Float32Array, { width, height }: CanvasSize, radius: number): Float32Array {
  const half = Math.max(1, Math.round(radius));
  const [from, to] = [values.slice(), new Float32Array(values.length)];
  for (let pass = 0; pass < 3; pass++) {
    for (let y = 0; y < height; y++) blurLine(from, to, { start: y * width, step: 1, count: width }, half);
    for (let x = 0; x < width; x++) blurLine(to, from, { start: x, step: width, count: height }, half);
  }
  return from;
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

function blurLine(from: Float32Array, to: Float32Array, { start, step, count }: Line, half: number): void {
  let sum = 0;
  for (let i = 0; i < Math.min(half, count); i++) sum += from[start + i * step]!;
  for (let i = 0; i < count; i++) {
    if (i + half < count) sum += from[start + (i + half) * step]!;
    if (i - half - 1 >= 0) sum -= from[start + (i - half - 1) * step]!;
    to[start + i * step] = sum / (2 * half + 1);
  }
}

/** Smooth noise 0..1 over a picture: random values on a lattice of `cells` across, interpolated, over `octaves`. */
export function smoothNoise(size: CanvasSize, random: Random, cells: number, octaves = 3): Float32Array {
  const out = new Float32Array(size.width * size.height);
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const weight = 0.5 ** octave;
    addLattice(out, size, random, { cells: cells * 2 ** octave, weight });
    total += weight;
  }
  for (let i = 0; i < out.length; i++) out[i] = out[i]! / total;
  return out;
}

function addLattice(
  out: Float32Array,
  { width, height }: CanvasSize,
  random: Random,
  { cells, weight }: { cells: number; weight: number },
): void {
  const pitch = width / cells;
  const across = Math.ceil(cells) + 2;
  const lattice = Float32Array.from({ length: across * (Math.ceil(height / pitch) + 2) }, () => random.uniform());
  const ease = (t: number): number => t * t * (3 - 2 * t);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / pitch);
    const down = ease(y / pitch - row);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / pitch);
      const along = ease(x / pitch - column);
      const at = row * across + column;
      const top = lattice[at]! + (lattice[at + 1]! - lattice[at]!) * along;
      const bottom = lattice[at + across]! + (lattice[at + across + 1]! - lattice[at + across]!) * along;
      out[y * width + x] = out[y * width + x]! + weight * (top + (bottom - top) * down);
    }
  }
}
