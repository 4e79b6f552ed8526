import type { Random } from '../random.ts';
import type { LinearPicture } from './radiance.ts';

/** Where a virtual camera looks: angles in radians, `fieldOfView` across the picture's width. */
export interface CameraView {
  readonly yaw: number;
  readonly pitch: number;
  readonly fieldOfView: number;
}

/** A view a photographer might take: any direction, near the horizon, 45–95° wide. */
export function randomView(random: Random): CameraView {
  const degree = Math.PI / 180;
  return {
    yaw: random.uniform(-Math.PI, Math.PI),
    pitch: random.normal(0, 12) * degree,
    fieldOfView: random.uniform(45, 95) * degree,
  };
}

/**
 * Renders a perspective view `[height][width][3]` of an equirectangular panorama (longitude along x, latitude +90°…−90°
 * along y) by bilinear sampling, in the panorama's linear units.
 */
export function renderView(panorama: LinearPicture, view: CameraView, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height * 3);
  const focal = width / 2 / Math.tan(view.fieldOfView / 2);
  const [sinPitch, cosPitch] = [Math.sin(view.pitch), Math.cos(view.pitch)];
  for (let y = 0; y < height; y++) {
    const v = (height / 2 - y - 0.5) / focal;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5 - width / 2) / focal;
      const up = v * cosPitch + sinPitch;
      const forward = cosPitch - v * sinPitch;
      const longitude = Math.atan2(u, forward) + view.yaw;
      const latitude = Math.atan2(up, Math.hypot(u, forward));
      sample(panorama, [longitude, latitude], out, (y * width + x) * 3);
    }
  }
  return out;
}

function sample(
  panorama: LinearPicture,
  [longitude, latitude]: readonly [number, number],
  out: Float32Array,
  at: number,
): void {
  const { width, height, light } = panorama;
  const x = (longitude / (2 * Math.PI) + 0.5) * width - 0.5;
  const y = Math.min(height - 1, Math.max(0, (0.5 - latitude / Math.PI) * height - 0.5));
  const x0 = Math.floor(x);
  const y0 = Math.min(height - 2, Math.floor(y));
  const [dx, dy] = [x - x0, y - y0];
  const left = ((x0 % width) + width) % width;
  const right = (left + 1) % width;
  for (let c = 0; c < 3; c++) {
    const top = light[(y0 * width + left) * 3 + c]! * (1 - dx) + light[(y0 * width + right) * 3 + c]! * dx;
    const bottom =
      light[((y0 + 1) * width + left) * 3 + c]! * (1 - dx) + light[((y0 + 1) * width + right) * 3 + c]! * dx;
    out[at + c] = top * (1 - dy) + bottom * dy;
  }
}
