import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import { addGrain, clamp, createCanvas } from './canvas.ts';
import { type Composition, type ExposurePair, gray, type Rgb } from './composition.ts';

/** A frame. Widths, the line's width and the corners' radius are shares of the photograph's shorter side. */
export interface FrameStyle {
  readonly color: Rgb;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** A thin line around the photograph, within the frame. */
  readonly line?: { readonly color: Rgb; readonly width: number };
  readonly cornerRadius: number;
  /** Standard deviation of the grain of a scanned frame. */
  readonly grain: number;
}

/** A flat frame that is equally wide on all sides. */
export function evenFrame(color: Rgb, width: number): FrameStyle {
  return { color, left: width, top: width, right: width, bottom: width, cornerRadius: 0, grain: 0 };
}

/** A framed photograph, and the column and row at which it begins. */
export interface FramedComposition extends Composition {
  readonly left: number;
  readonly top: number;
}

/** Draws a frame of a common kind: white, black, gray or coloured; 1 to 45 percent wide, even, uneven or a letterbox. */
export function drawFrame(random: Random): FrameStyle {
  const color = drawColor(random);
  const width = random.logUniform(0.01, 0.45);
  const line = random.chance(0.15) ? { color: gray(random.chance(0.5) ? 0 : 1), width: 0.006 } : undefined;
  return {
    color,
    ...drawSides(random, width),
    ...(line && { line }),
    cornerRadius: random.chance(0.15) ? random.uniform(0.01, 0.12) : 0,
    grain: random.chance(0.3) ? random.uniform(0, 0.01) : 0,
  };
}

function drawColor(random: Random): Rgb {
  const kind = random.uniform();
  if (kind < 0.42) return gray(random.chance(0.5) ? 1 : random.uniform(0.93, 1));
  if (kind < 0.7) return gray(random.chance(0.5) ? 0 : random.uniform(0, 0.07));
  if (kind < 0.85) return gray(random.uniform(0.08, 0.92));
  return [random.uniform(), random.uniform(), random.uniform()];
}

function drawSides(random: Random, width: number): Pick<FrameStyle, 'left' | 'top' | 'right' | 'bottom'> {
  const kind = random.uniform();
  if (kind < 0.4) return { left: width, top: width, right: width, bottom: width };
  if (kind < 0.55) return { left: 0, top: width, right: 0, bottom: width };
  if (kind < 0.65) return { left: width, top: 0, right: width, bottom: 0 };
  const side = (): number => (random.chance(0.2) ? 0 : width * random.uniform(0.5, 1.5));
  return { left: side(), top: side(), right: side(), bottom: side() };
}

/**
 * Puts the input and the target of a pair into the same frame. The canvas grows by whole pixels, at least one a side that has a
 * width, so that the photograph keeps its pixels.
 */
export function addFrame(pair: ExposurePair, style: FrameStyle, random: Random): FramedComposition {
  const { width, height } = pair.target;
  const shorter = Math.min(width, height);
  const pixels = (share: number): number => (share === 0 ? 0 : Math.max(1, Math.round(share * shorter)));
  const [left, top] = [pixels(style.left), pixels(style.top)];
  const size = { width: width + left + pixels(style.right), height: height + top + pixels(style.bottom) };
  const mat = createCanvas(size, style.color);
  const inside = roundedBox(size, { left, top, width, height }, style.cornerRadius * shorter);
  if (style.line) drawLine(mat, { left, top, width, height }, style.line.color, pixels(style.line.width));
  addGrain(
    mat,
    random,
    style.grain,
    inside.map((share) => 1 - share),
  );
  const put = (picture: TrainingPicture): TrainingPicture => inset(mat, picture, inside, { left, top });
  return { input: put(pair.input), target: put(pair.target), mask: inside, left, top };
}

interface FramePlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The share of each pixel within a box with round corners. */
function roundedBox(size: { width: number; height: number }, box: FramePlace, radius: number): Float32Array {
  const mask = new Float32Array(size.width * size.height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const dx = Math.max(0, radius - 0.5 - Math.min(x, box.width - 1 - x));
      const dy = Math.max(0, radius - 0.5 - Math.min(y, box.height - 1 - y));
      const outside = radius > 0 && dx > 0 && dy > 0 ? Math.hypot(dx, dy) - radius : -1;
      mask[(box.top + y) * size.width + box.left + x] = clamp(0.5 - outside);
    }
  }
  return mask;
}

function drawLine(mat: TrainingPicture, box: FramePlace, color: Rgb, width: number): void {
  for (let y = Math.max(0, box.top - width); y < Math.min(mat.height, box.top + box.height + width); y++) {
    for (let x = Math.max(0, box.left - width); x < Math.min(mat.width, box.left + box.width + width); x++) {
      mat.pixels.set(color, (y * mat.width + x) * 3);
    }
  }
}

function inset(
  mat: TrainingPicture,
  picture: TrainingPicture,
  inside: Float32Array,
  at: { left: number; top: number },
): TrainingPicture {
  const pixels = mat.pixels.slice();
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const place = (at.top + y) * mat.width + at.left + x;
      const share = inside[place]!;
      const from = (y * picture.width + x) * 3;
      for (let c = 0; c < 3; c++) {
        pixels[place * 3 + c] = share * picture.pixels[from + c]! + (1 - share) * pixels[place * 3 + c]!;
      }
    }
  }
  return { width: mat.width, height: mat.height, pixels };
}
