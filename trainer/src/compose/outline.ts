import type { Random } from '../random.ts';
import { clamp } from './canvas.ts';

/** Angles at which an outline is sampled. */
const STEPS = 720;

/** The outline of an object: its radius at {@link STEPS} + 1 angles from 0 to 2π, in half-axes. */
export type Outline = Float32Array;

/** Draws an outline: an ellipse, a box with round corners, a diamond, or a blob of these. */
export function drawOutline(random: Random): Outline {
  const power = random.chance(0.35) ? 2 : random.logUniform(1.3, 9);
  const waves = random.chance(0.5)
    ? [2, 3, 4, 5, 7].map((count) => ({
        count,
        size: random.uniform(0, 0.5 / count),
        phase: random.uniform(0, 2 * Math.PI),
      }))
    : [];
  const raw = (angle: number): number => {
    const [along, across] = [Math.abs(Math.cos(angle)) ** power, Math.abs(Math.sin(angle)) ** power];
    const wave = waves.reduce((sum, { count, size, phase }) => sum + size * Math.cos(count * angle + phase), 1);
    return (along + across) ** (-1 / power) * wave;
  };
  // Radius 1 reaches the box's sides; the corners of a box lie beyond it.
  const radii = Float32Array.from({ length: STEPS + 1 }, (_, i) => raw((i / STEPS) * 2 * Math.PI));
  const largest = radii.reduce((most, radius, i) => {
    const angle = (i / STEPS) * 2 * Math.PI;
    return Math.max(most, radius * Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))));
  }, 0);
  return radii.map((radius) => radius / largest);
}

/** The share of a pixel within an outline, with an edge about a pixel wide. `x`, `y` are distances from the centre. */
export function within(
  outline: Outline,
  x: number,
  y: number,
  half: { readonly width: number; readonly height: number },
): number {
  const [u, v] = [x / half.width, y / half.height];
  const distance = Math.hypot(u, v);
  if (distance > 1.5) return 0;
  const turn = Math.atan2(v, u) / (2 * Math.PI);
  const edge = outline[Math.round((turn < 0 ? turn + 1 : turn) * STEPS)]! - distance;
  return clamp(0.5 + edge * Math.min(half.width, half.height));
}
