import type { Random } from '../random.ts';
import { addGrain, createCanvas } from './canvas.ts';
import { type CanvasSize, type Composition, gray, keep } from './composition.ts';

/** An all black or all white picture, up to four codes from the end of the range, with or without grain. */
export function plain(size: CanvasSize, tone: 'black' | 'white', random: Random): Composition {
  const away = random.chance(0.4) ? 0 : random.uniform(0, 4) / 255;
  const canvas = createCanvas(size, gray(tone === 'black' ? away : 1 - away));
  if (random.chance(0.4)) addGrain(canvas, random, random.uniform(0, 1.5) / 255);
  return keep(canvas, new Float32Array(size.width * size.height));
}
