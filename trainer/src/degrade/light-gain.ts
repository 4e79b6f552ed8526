import type { Random } from '../random.ts';

/** A smooth gain over a picture, in EV: gain(x, y) for normalised coordinates 0..1. */
export type LightGain = (x: number, y: number) => number;

/** A light that falls off across the picture in a random direction, ±`ev`/2 from edge to edge about the centre. */
export function fallOff(random: Random, ev: number): LightGain {
  const angle = random.uniform(0, 2 * Math.PI);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => ev * ((x - 0.5) * dx + (y - 0.5) * dy);
}

/** A subject against the light: a soft ellipse somewhere in the lower middle, `ev` darker (or brighter) than the rest. */
export function backLight(random: Random, ev: number): LightGain {
  const [centreX, centreY] = [random.uniform(0.25, 0.75), random.uniform(0.4, 0.8)];
  const [radiusX, radiusY] = [random.uniform(0.15, 0.4), random.uniform(0.2, 0.5)];
  return (x, y) => {
    const distance = ((x - centreX) / radiusX) ** 2 + ((y - centreY) / radiusY) ** 2;
    return -ev / (1 + Math.exp(4 * (distance - 1)));
  };
}
