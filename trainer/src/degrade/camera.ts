/**
 * The response of a camera, from scene light to encoded values: the sigmoid of Eilertsen et al. 2017 ("HDR image
 * reconstruction from a single exposure using deep CNNs", eq. 2), f(H) = (1+σ)·Hⁿ / (Hⁿ+σ), with f(0)=0 and f(1)=1.
 * σ ≤ 0.15 with n 0.7–1.1 (a strong shoulder) fits real bracketed photographs best.
 */
export interface Camera {
  readonly n: number;
  readonly sigma: number;
}

/** Encoded value 0..1 of scene light H ≥ 0; light above 1 clips to 1. */
export function develop(camera: Camera, light: number): number {
  if (light <= 0) return 0;
  const power = light ** camera.n;
  return Math.min(1, ((1 + camera.sigma) * power) / (power + camera.sigma));
}

/** Scene light 0..1 of an encoded value: the inverse of {@link develop} on 0..1. */
export function sceneLight(camera: Camera, encoded: number): number {
  if (encoded <= 0) return 0;
  const q = Math.min(1, encoded) / (1 + camera.sigma);
  return ((q * camera.sigma) / (1 - q)) ** (1 / camera.n);
}

/** A function on [0, end], sampled for fast use. */
export interface Table {
  readonly values: Float32Array;
  readonly scale: number;
}

/** Steps of a table. 1024 steps keep the error of both directions well below an 8-bit code. */
const STEPS = 1024;

/** A function as a table over 0..1. */
export function tabulate(valueAt: (x: number) => number): Table {
  const values = Float32Array.from({ length: STEPS + 2 }, (_, i) => valueAt(Math.min(1, i / STEPS)));
  return { values, scale: STEPS };
}

/** {@link sceneLight} as a table over encoded values 0..1. */
export function sceneLightTable(camera: Camera): Table {
  return tabulate((encoded) => sceneLight(camera, encoded));
}

/** {@link develop} as a table over the fourth root of light 0..1 (the root spreads the steep toe over many steps). */
export function developTable(camera: Camera): Table {
  return tabulate((root) => develop(camera, root ** 4));
}

/** Linear interpolation in a table at `x` in 0..1. */
export function look(table: Table, x: number): number {
  const at = x * table.scale;
  const index = at | 0;
  const low = table.values[index]!;
  return low + (table.values[index + 1]! - low) * (at - index);
}

/** {@link develop} through its table. */
export function developFast(table: Table, light: number): number {
  if (light >= 1) return 1;
  return light <= 0 ? 0 : look(table, Math.sqrt(Math.sqrt(light)));
}
