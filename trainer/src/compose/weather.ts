import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import { addGlow, clamp, createCanvas, fillBox, smoothNoise } from './canvas.ts';
import { type CanvasSize, type Composition, type ExposurePair, gray, keep, type Rgb } from './composition.ts';

/** Veils both pictures of a pair in fog that thickens upwards, where scenes are usually farther away. */
export function fog(pair: ExposurePair, random: Random): Composition {
  const { width, height } = pair.target;
  const drift = smoothNoise(pair.target, random, random.uniform(1.5, 4), 3);
  const [near, far] = [random.uniform(0.15, 0.6), random.uniform(0.7, 0.97)];
  const air = random.uniform(0.66, 0.93);
  const tint = random.uniform(-0.02, 0.03);
  const color: Rgb = [clamp(air - tint), air, clamp(air + tint)];
  const veil = (picture: TrainingPicture): TrainingPicture => {
    const pixels = new Float32Array(picture.pixels.length);
    for (let i = 0; i < width * height; i++) {
      const up = 1 - Math.floor(i / width) / height;
      const share = clamp(near + (far - near) * clamp(up * 1.2) + 0.25 * (drift[i]! - 0.5));
      for (let c = 0; c < 3; c++) {
        pixels[i * 3 + c] = picture.pixels[i * 3 + c]! * (1 - share) + color[c]! * share;
      }
    }
    return { width, height, pixels };
  };
  return { input: veil(pair.input), target: veil(pair.target), mask: new Float32Array(width * height).fill(1) };
}

/** Draws a snowy landscape under a pale sky, bright as it should be, with firs and sometimes falling snow. */
export function snow(size: CanvasSize, random: Random): Composition {
  const canvas = createCanvas(size, gray(0));
  const horizon = paintSnow(canvas, random);
  const firs = random.integer(random.chance(0.5) ? 60 : 8);
  const nearness = Array.from({ length: firs }, () => random.uniform() ** 2).sort((a, b) => a - b);
  for (const near of nearness) paintFir(canvas, random, { horizon, nearness: near });
  if (random.chance(0.4)) {
    const flakes = Math.round(random.uniform(40, 500));
    for (let i = 0; i < flakes; i++) {
      const place = [random.uniform(0, size.width), random.uniform(0, size.height)] as const;
      const light = random.uniform(0.1, 0.6);
      addGlow(canvas, place, Math.max(0.5, (size.width / 300) * random.uniform(0.3, 1.2)), gray(light));
    }
  }
  return keep(canvas, new Float32Array(size.width * size.height).fill(1));
}

/** @returns the row of the horizon */
function paintSnow(canvas: TrainingPicture, random: Random): number {
  const { width, height, pixels } = canvas;
  const horizon = height * random.uniform(0.15, 0.6);
  const sky = random.uniform(0.7, 0.96);
  const blue = random.uniform(0, 0.08);
  const white = random.uniform(0.88, 0.99);
  const relief = random.uniform(0.05, 0.3);
  const drifts = smoothNoise(canvas, random, random.uniform(2, 6), 5);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const isSky = y < horizon + (drifts[x]! - 0.5) * 0.1 * height;
      const light = isSky ? sky + (0.05 * y) / horizon : white - relief * drifts[y * width + x]! ** 2;
      // Shade on snow is lit by the sky and therefore bluish.
      const cold = isSky ? blue / 2 : blue * drifts[y * width + x]!;
      pixels[at] = clamp(light - cold);
      pixels[at + 1] = clamp(light - cold / 2);
      pixels[at + 2] = clamp(light);
    }
  }
  return horizon;
}

interface FirPlace {
  readonly horizon: number;
  /** 0 at the horizon, 1 in front. */
  readonly nearness: number;
}

function paintFir(canvas: TrainingPicture, random: Random, { horizon, nearness }: FirPlace): void {
  const foot = horizon + (canvas.height - horizon) * nearness * 0.8;
  const tall = canvas.height * (0.04 + 0.5 * nearness);
  const centre = random.uniform(0, canvas.width);
  const haze = 0.35 * (1 - nearness);
  const dark: Rgb = [
    haze + random.uniform(0.05, 0.15),
    haze + random.uniform(0.1, 0.2),
    haze + random.uniform(0.08, 0.18),
  ];
  const [snowy, whorls] = [random.uniform(0, 0.5), 5 + random.integer(6)];
  for (let row = 0; row < tall; row++) {
    const down = row / tall;
    const branch = (down * whorls) % 1;
    const half = 0.24 * tall * down * (0.6 + 0.4 * branch) * random.uniform(0.85, 1.1) + 0.5;
    const box = { left: centre - half, top: foot - tall + row, width: 2 * half, height: 1 };
    fillBox(canvas, box, branch < snowy ? gray(random.uniform(0.78, 0.96)) : dark);
  }
}
