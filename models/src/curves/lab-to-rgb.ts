import { D65_WHITE, SRGB_TO_XYZ } from '../measure/lab.ts';
import { srgbEncode } from '../apply/srgb-line.ts';
import { invertMatrix3 } from '../color/matrix3.ts';

const XYZ_TO_SRGB = invertMatrix3(SRGB_TO_XYZ);

/** CIELAB under D65 → sRGB-encoded, clamped to 0..1: the inverse of `rgbToLab` for colours that sRGB has. */
export function labToRgb(lightness: number, a: number, b: number): [red: number, green: number, blue: number] {
  const y = (lightness + 16) / 116;
  const x = ratio(y + a / 500) * D65_WHITE[0];
  const z = ratio(y - b / 200) * D65_WHITE[2];
  const xyz = [x, ratio(y) * D65_WHITE[1], z] as const;
  return [encodeRow(0, xyz), encodeRow(3, xyz), encodeRow(6, xyz)];
}

function encodeRow(row: number, [x, y, z]: readonly [number, number, number]): number {
  const linear = XYZ_TO_SRGB[row]! * x + XYZ_TO_SRGB[row + 1]! * y + XYZ_TO_SRGB[row + 2]! * z;
  return srgbEncode(Math.min(1, Math.max(0, linear)));
}

/** CIE 15:2004 §8.2.1, inverted. */
function ratio(root: number): number {
  return root > 6 / 29 ? root ** 3 : (root - 4 / 29) * (108 / 841);
}
