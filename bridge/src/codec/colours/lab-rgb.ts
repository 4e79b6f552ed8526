import { type ColorSpace, colorSpaces, invertMatrix3, transformVector3 } from '@evenlight/models';

/*
 * CIE Lab (D50) and the space in which Lab and CMYK photographs are corrected: ProPhoto RGB (ROMM), which holds all colours of
 * photographic prints, in 16 bits.
 */

export const WORKING_SPACE: ColorSpace = colorSpaces.proPhoto;

const WHITE = [0.9642, 1, 0.8249] as const;
const EPSILON = 6 / 29;
const TO_RGB = invertMatrix3(WORKING_SPACE.toXyzD50);

/** Encoded values 0..1 of the working space; colours outside of it are clipped. */
export function labToWorking([l = 0, a = 0, b = 0]: readonly number[]): number[] {
  const y = (l + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map((value, axis) => {
    const linear = value > EPSILON ? value ** 3 : 3 * EPSILON ** 2 * (value - 4 / 29);
    return linear * WHITE[axis]!;
  });
  return transformVector3(TO_RGB, xyz).map((linear) => WORKING_SPACE.transfer.encode(Math.max(0, Math.min(1, linear))));
}

export function workingToLab(rgb: readonly number[]): number[] {
  const linear = rgb.map((value) => WORKING_SPACE.transfer.decode(value));
  const [x = 0, y = 0, z = 0] = transformVector3(WORKING_SPACE.toXyzD50, linear).map((value, axis) => {
    const relative = value / WHITE[axis]!;
    return relative > EPSILON ** 3 ? Math.cbrt(relative) : relative / (3 * EPSILON ** 2) + 4 / 29;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
