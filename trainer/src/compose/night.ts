import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import { addGlow, addGrain, addLight, clamp, createCanvas, fillBox, smoothNoise } from './canvas.ts';
import { type CanvasSize, type Composition, gray, keep, type Rgb } from './composition.ts';

/** What the night shows. */
export const NIGHT_SCENES = ['stars', 'moon', 'fireworks', 'city'] as const;
export type NightScene = (typeof NIGHT_SCENES)[number];

/** Draws a night picture that is dark as it should be: a starry sky, the moon, fireworks, or the lights of a city. */
export function night(size: CanvasSize, scene: NightScene, random: Random): Composition {
  const canvas = createCanvas(size, gray(0));
  paintSky(canvas, random, scene === 'stars' ? 0.09 : 0.035);
  if (scene === 'stars') paintStars(canvas, random);
  else if (scene === 'moon') paintMoon(canvas, random);
  else if (scene === 'fireworks') paintFireworks(canvas, random);
  else paintCity(canvas, random);
  addGrain(canvas, random, random.uniform(0, 0.008));
  return keep(canvas, new Float32Array(size.width * size.height).fill(1));
}

/** A nearly black sky, brighter towards the horizon. */
function paintSky({ width, height, pixels }: TrainingPicture, random: Random, brightest: number): void {
  const base = random.uniform(0, brightest);
  const glow = random.uniform(0, brightest);
  const tint = [random.uniform(0.6, 1), random.uniform(0.7, 1), random.uniform(0.8, 1.6)];
  for (let y = 0; y < height; y++) {
    const light = base + glow * (y / height) ** 2;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = clamp(light * tint[c]!);
    }
  }
}

function paintStars(canvas: TrainingPicture, random: Random): void {
  const { width, height } = canvas;
  if (random.chance(0.4)) paintMilkyWay(canvas, random);
  const blurring = Math.max(0.45, Math.min(width, height) / 900);
  const count = Math.round(random.logUniform(60, 2500) * ((width * height) / 300_000) ** 0.5);
  for (let i = 0; i < count; i++) {
    const place = [random.uniform(0, width), random.uniform(0, height)] as const;
    // Star counts grow about fourfold a magnitude: few are bright.
    const light = Math.min(1.6, 0.06 * random.uniform(0.001, 1) ** -0.6);
    const warmth = random.uniform(-0.2, 0.2);
    addGlow(canvas, place, blurring * (1 + 0.6 * light), [
      light * (1 + warmth),
      light * (1 - Math.abs(warmth) / 3),
      light * (1 - warmth),
    ]);
  }
  if (random.chance(0.4)) paintHorizon(canvas, random);
}

function paintMilkyWay(canvas: TrainingPicture, random: Random): void {
  const { width, height } = canvas;
  const clouds = smoothNoise(canvas, random, 6, 4);
  const [angle, strength] = [random.uniform(0, Math.PI), random.uniform(0.04, 0.2)];
  const [breadth, offset] = [random.uniform(0.08, 0.25), random.uniform(-0.3, 0.3)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const away = (x / width - 0.5) * Math.sin(angle) - (y / height - 0.5) * Math.cos(angle) - offset;
      const light = strength * Math.exp(-((away / breadth) ** 2)) * (0.3 + clouds[y * width + x]!);
      addLight(canvas, [x, y], [1, 0.93, 0.88], light);
    }
  }
}

/** Black hills or trees before the sky. */
function paintHorizon(canvas: TrainingPicture, random: Random): void {
  const { width, height } = canvas;
  const ridge = smoothNoise({ width, height: 1 }, random, random.uniform(2, 12), 4);
  const [level, relief] = [random.uniform(0.65, 0.92), random.uniform(0.05, 0.3)];
  for (let x = 0; x < width; x++) {
    const top = height * (level + relief * (0.5 - ridge[x]!));
    fillBox(canvas, { left: x, top, width: 1, height: height - top }, gray(random.uniform(0, 0.004)));
  }
}

function paintMoon(canvas: TrainingPicture, random: Random): void {
  const { width, height } = canvas;
  const shorter = Math.min(width, height);
  const radius = shorter * random.logUniform(0.015, 0.3);
  const centre = [random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.85) * height] as const;
  const color: Rgb = [1, random.uniform(0.85, 1), random.uniform(0.65, 1)];
  if (random.chance(0.5)) addGlow(canvas, centre, radius * random.uniform(1.2, 2.5), scaled(color, 0.12));
  const seas = smoothNoise(canvas, random, (2.5 * width) / (2 * radius), 4);
  const brightness = random.uniform(0.75, 1.1);
  // The terminator is half an ellipse; at phase 1 the moon is full.
  const [phase, tilt] = [random.chance(0.5) ? 1 : random.uniform(-0.9, 0.9), random.uniform(0, 2 * Math.PI)];
  for (let y = Math.floor(centre[1] - radius) - 1; y <= centre[1] + radius + 1; y++) {
    for (let x = Math.floor(centre[0] - radius) - 1; x <= centre[0] + radius + 1; x++) {
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const [u, v] = [(x - centre[0]) / radius, (y - centre[1]) / radius];
      const disc = clamp(0.5 + (1 - Math.hypot(u, v)) * radius);
      const [across, along] = [u * Math.cos(tilt) + v * Math.sin(tilt), v * Math.cos(tilt) - u * Math.sin(tilt)];
      const edge = -phase * Math.sqrt(Math.max(0, 1 - along * along));
      const lit = phase === 1 ? 1 : clamp(0.5 + (across - edge) * 6);
      addLight(canvas, [x, y], color, disc * lit * brightness * (0.72 + 0.45 * seas[y * width + x]!));
    }
  }
  if (random.chance(0.3)) paintHorizon(canvas, random);
}

function paintFireworks(canvas: TrainingPicture, random: Random): void {
  const { width, height } = canvas;
  const shorter = Math.min(width, height);
  const bursts = 1 + random.integer(6);
  for (let burst = 0; burst < bursts; burst++) {
    const centre = [random.uniform(0.1, 0.9) * width, random.uniform(0.08, 0.6) * height] as const;
    const reach = shorter * random.uniform(0.06, 0.35);
    const color = vividColor(random);
    addGlow(canvas, centre, reach * 0.5, scaled(color, random.uniform(0.02, 0.12)));
    const rays = 30 + random.integer(90);
    for (let ray = 0; ray < rays; ray++) paintRay(canvas, random, { centre, reach, color });
    addGlow(canvas, centre, Math.max(0.6, reach * 0.05), [0.9, 0.9, 0.8]);
  }
  if (random.chance(0.6)) paintHorizon(canvas, random);
}

interface Burst {
  readonly centre: readonly [number, number];
  readonly reach: number;
  readonly color: Rgb;
}

/** The trail of one spark, bent by gravity, fading outwards or ending in a bright point. */
function paintRay(canvas: TrainingPicture, random: Random, { centre, reach, color }: Burst): void {
  const angle = random.uniform(0, 2 * Math.PI);
  const length = reach * random.uniform(0.5, 1);
  const [drop, thickness] = [random.uniform(0, 0.25) * length, Math.max(0.5, reach / 120)];
  const steps = Math.max(4, Math.round(length / (1.2 * thickness)));
  for (let step = Math.floor(steps * random.uniform(0, 0.4)); step <= steps; step++) {
    const t = step / steps;
    const place = [
      centre[0] + Math.cos(angle) * length * t,
      centre[1] + Math.sin(angle) * length * t + drop * t * t,
    ] as const;
    addGlow(canvas, place, thickness, scaled(color, random.uniform(0.15, 0.5) * (1.1 - 0.7 * t)));
  }
}

function paintCity(canvas: TrainingPicture, random: Random): void {
  const { width, height } = canvas;
  const ground = height * random.uniform(0.6, 0.95);
  let left = -random.uniform(0, 0.1) * width;
  while (left < width) {
    const [breadth, tall] = [width * random.uniform(0.04, 0.16), height * random.uniform(0.08, 0.5)];
    paintBuilding(canvas, random, { left, top: ground - tall, width: breadth, height: height - ground + tall });
    left += breadth * random.uniform(0.9, 1.4);
  }
  const lamps = Math.round(random.logUniform(4, 90));
  const blurring = Math.max(0.6, (Math.min(width, height) / 250) * random.logUniform(0.4, 4));
  for (let i = 0; i < lamps; i++) {
    const place = [random.uniform(0, width), ground + random.normal(0, 0.03) * height] as const;
    const lamp: Rgb = random.chance(0.7)
      ? [1, random.uniform(0.65, 0.95), random.uniform(0.3, 0.8)]
      : vividColor(random);
    addGlow(canvas, place, blurring * random.uniform(0.6, 1.4), scaled(lamp, random.uniform(0.4, 1.3)));
  }
}

function paintBuilding(
  canvas: TrainingPicture,
  random: Random,
  box: { left: number; top: number; width: number; height: number },
): void {
  fillBox(canvas, box, gray(random.uniform(0, 0.03)));
  const pitch = Math.max(2, canvas.width * random.uniform(0.006, 0.015));
  const lit = random.uniform(0.02, 0.4);
  const warm: Rgb = [1, random.uniform(0.75, 0.95), random.uniform(0.4, 0.85)];
  for (let y = box.top + pitch; y < box.top + box.height - pitch; y += 1.6 * pitch) {
    for (let x = box.left + pitch / 2; x < box.left + box.width - pitch; x += pitch) {
      if (!random.chance(lit)) continue;
      fillBox(canvas, { left: x, top: y, width: pitch * 0.55, height: pitch * 0.7 }, warm, random.uniform(0.2, 0.95));
    }
  }
}

function vividColor(random: Random): Rgb {
  const hue = random.uniform(0, 6);
  const channel = (shift: number): number => clamp(Math.abs(((hue + shift) % 6) - 3) - 1);
  const white = random.uniform(0.05, 0.6);
  return [white + (1 - white) * channel(0), white + (1 - white) * channel(4), white + (1 - white) * channel(2)];
}

function scaled([red, green, blue]: Rgb, by: number): Rgb {
  return [red * by, green * by, blue * by];
}
