import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import { blur, clamp, eachPixel } from './canvas.ts';
import type { CanvasSize, Composition, ExposurePair, Rgb } from './composition.ts';
import { drawOutline, type Outline, within } from './outline.ts';

/** A seamless ground; lengths are shares of the canvas's shorter side. */
export interface GroundStyle {
  readonly color: Rgb;
  /** How much darker the ground gets towards one side, 0..1. */
  readonly fall: number;
  readonly fallAngle: number;
  /** How dark the soft shadow is, 0..1, and how soft. */
  readonly shadow: number;
  readonly softness: number;
}

/** Draws a white or near-white ground, codes 235 to 255, with or without a gradient and a shadow. */
export function drawWhiteGround(random: Random): GroundStyle {
  const white = random.chance(0.5) ? 1 : random.uniform(235, 255) / 255;
  const tint = random.chance(0.3) ? random.uniform(-3, 3) / 255 : 0;
  return { ...drawLight(random), color: [clamp(white + tint), white, clamp(white - tint)] };
}

/** Draws a ground of a common kind: mostly white, else gray, black or coloured paper. */
export function drawGround(random: Random): GroundStyle {
  const kind = random.uniform();
  if (kind < 0.7) return drawWhiteGround(random);
  const tone = kind < 0.82 ? random.uniform(0, 0.08) : random.uniform(0.08, 0.9);
  const tint = (): number => (kind > 0.92 ? random.uniform(-0.15, 0.15) : 0);
  return { ...drawLight(random), color: [clamp(tone + tint()), clamp(tone + tint()), clamp(tone + tint())] };
}

function drawLight(random: Random): Omit<GroundStyle, 'color'> {
  return {
    fall: random.chance(0.5) ? random.uniform(0, 0.06) : 0,
    fallAngle: random.uniform(0, 2 * Math.PI),
    shadow: random.chance(0.7) ? random.uniform(0.06, 0.45) : 0,
    softness: random.uniform(0.01, 0.06),
  };
}

/** An object: a part of the photograph within an outline. */
interface Cutout {
  readonly outline: Outline;
  readonly centre: readonly [number, number];
  readonly half: CanvasSize;
  /** Where the object's box begins in the photograph. */
  readonly from: readonly [number, number];
}

/**
 * Cuts one to three objects out of a photograph and puts them on a ground with soft shadows. Input and target lie on the same
 * ground: where the whole scene is badly exposed, degrade the composition's input.
 */
export function placeOnGround(pair: ExposurePair, style: GroundStyle, random: Random): Composition {
  const { width, height } = pair.target;
  const size = {
    width: Math.round(width * random.uniform(1, 1.6)),
    height: Math.round(height * random.uniform(1, 1.6)),
  };
  const count = random.chance(0.65) ? 1 : 2 + random.integer(2);
  const cutouts = Array.from({ length: count }, () => drawCutout(size, pair.target, count, random));
  const masks = cutouts.map((cutout) => coverage(cutout, size));
  const ground = createGround(size, style);
  const mask = new Float32Array(size.width * size.height);
  for (const own of masks) for (let i = 0; i < mask.length; i++) mask[i] = Math.max(mask[i]!, own[i]!);
  castShadow(ground, mask, style, random);
  const put = (picture: TrainingPicture): TrainingPicture => {
    const placed = { ...ground, pixels: ground.pixels.slice() };
    cutouts.forEach((cutout, i) => {
      putCutout(placed, picture, cutout, masks[i]!);
    });
    return placed;
  };
  return { input: put(pair.input), target: put(pair.target), mask };
}

function drawCutout(size: CanvasSize, photo: CanvasSize, count: number, random: Random): Cutout {
  const largest = count === 1 ? 0.95 : 0.6;
  const side = (length: number): number => Math.max(4, Math.floor(length * random.uniform(0.35, largest)));
  const box = { width: side(photo.width), height: side(photo.height) };
  return {
    outline: drawOutline(random),
    centre: [
      box.width / 2 + random.uniform() * (size.width - box.width),
      box.height / 2 + random.uniform() * (size.height - box.height),
    ],
    half: { width: box.width / 2, height: box.height / 2 },
    from: [random.integer(photo.width - box.width + 1), random.integer(photo.height - box.height + 1)],
  };
}

function coverage({ outline, centre, half }: Cutout, size: CanvasSize): Float32Array {
  const mask = new Float32Array(size.width * size.height);
  const box = { left: centre[0] - half.width - 1, top: centre[1] - half.height - 1 };
  eachPixel({ ...box, width: 2 * half.width + 2, height: 2 * half.height + 2 }, size, (x, y) => {
    mask[y * size.width + x] = within(outline, x + 0.5 - centre[0], y + 0.5 - centre[1], half);
  });
  return mask;
}

function createGround({ width, height }: CanvasSize, { color, fall, fallAngle }: GroundStyle): TrainingPicture {
  const pixels = new Float32Array(width * height * 3);
  const [dx, dy] = [Math.cos(fallAngle), Math.sin(fallAngle)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = 0.5 + 0.5 * ((2 * x) / width - 1) * dx + 0.5 * ((2 * y) / height - 1) * dy;
      const light = 1 - fall * clamp(along);
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = color[c]! * light;
    }
  }
  return { width, height, pixels };
}

function castShadow(ground: TrainingPicture, mask: Float32Array, style: GroundStyle, random: Random): void {
  const { width, height, pixels } = ground;
  const shorter = Math.min(width, height);
  const [right, down] = [random.uniform(-0.03, 0.03) * shorter, random.uniform(0.005, 0.04) * shorter].map(Math.round);
  if (style.shadow === 0) return;
  const soft = blur(mask, ground, style.softness * shorter);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = [x - right!, y - down!];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const light = 1 - style.shadow * soft[fromY * width + fromX]!;
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = pixels[(y * width + x) * 3 + c]! * light;
    }
  }
}

function putCutout(
  canvas: TrainingPicture,
  photo: TrainingPicture,
  { centre, half, from }: Cutout,
  mask: Float32Array,
): void {
  const [left, top] = [Math.floor(centre[0] - half.width), Math.floor(centre[1] - half.height)];
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const share = mask[y * canvas.width + x]!;
      if (share === 0) continue;
      const column = Math.min(photo.width - 1, Math.max(0, from[0] + x - left));
      const row = Math.min(photo.height - 1, Math.max(0, from[1] + y - top));
      const [at, source] = [(y * canvas.width + x) * 3, (row * photo.width + column) * 3];
      for (let c = 0; c < 3; c++) {
        canvas.pixels[at + c] = (1 - share) * canvas.pixels[at + c]! + share * photo.pixels[source + c]!;
      }
    }
  }
}
