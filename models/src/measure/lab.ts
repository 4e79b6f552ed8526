import { srgbDecode } from '../apply/srgb-line.ts';

/** CIE 1976 L*a*b*. */
export type Lab = readonly [L: number, a: number, b: number];
/** One that is written to. */
export type LabTarget = [L: number, a: number, b: number];

/** IEC 61966-2-1:1999 §5.2 equation 7: linear sRGB → XYZ relative to D65, row by row. */
export const SRGB_TO_XYZ = [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505] as const;
export const D65_WHITE = [0.9505, 1, 1.089] as const;
/** CIE 15:2004 §8.2.1: (6/29)^3 and its slope. */
const EPSILON = (6 / 29) ** 3;
const SLOPE = 841 / 108;

/**
 * An sRGB-encoded colour → CIELAB under sRGB's own white, D65 (2°), without chromatic adaptation: what papers on photo
 * enhancement report ΔE in.
 */
export function rgbToLab(red: number, green: number, blue: number): LabTarget {
  const lab: LabTarget = [0, 0, 0];
  writeLab(lab, srgbDecode(red), srgbDecode(green), srgbDecode(blue));
  return lab;
}

/** {@link rgbToLab} of linear light, into a colour that is there already. */
export function writeLab(lab: LabTarget, r: number, g: number, b: number): void {
  const x = lightness((SRGB_TO_XYZ[0] * r + SRGB_TO_XYZ[1] * g + SRGB_TO_XYZ[2] * b) / D65_WHITE[0]);
  const y = lightness((SRGB_TO_XYZ[3] * r + SRGB_TO_XYZ[4] * g + SRGB_TO_XYZ[5] * b) / D65_WHITE[1]);
  const z = lightness((SRGB_TO_XYZ[6] * r + SRGB_TO_XYZ[7] * g + SRGB_TO_XYZ[8] * b) / D65_WHITE[2]);
  lab[0] = 116 * y - 16;
  lab[1] = 500 * (x - y);
  lab[2] = 200 * (y - z);
}

function lightness(ratio: number): number {
  return ratio > EPSILON ? Math.cbrt(ratio) : SLOPE * ratio + 4 / 29;
}
