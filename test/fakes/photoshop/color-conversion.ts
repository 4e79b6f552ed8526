import { colorSpaceByName, colorSpaces, linearColorSpace, type ColorSpace } from '@evenlight/models';
import type { ColorMode } from './layer-state.ts';

/** What pixels are in: a document's or a request's. */
export interface PixelMeaning {
  readonly mode: ColorMode;
  /** `undefined`: the working space. */
  readonly profile: string | undefined;
  /** 32-bit pixels are linear light. */
  readonly isLinear: boolean;
}

/** The profiles this Photoshop has installed, and working spaces. */
export const RGB_PROFILES: readonly string[] = [
  'sRGB IEC61966-2.1',
  'Adobe RGB (1998)',
  'Display P3',
  'ProPhoto RGB',
  'Rec. ITU-R BT.2020-1',
];
export const GRAY_PROFILES: readonly string[] = ['Gray Gamma 2.2', 'Gray Gamma 1.8', 'sGray', 'Dot Gain 20%'];
export const WORKING_RGB = 'sRGB IEC61966-2.1';
export const WORKING_GRAY = 'Gray Gamma 2.2';

/** Converts one colour, 0..1, between two meanings; the same meaning comes back untouched. */
export function convertColor(color: readonly number[], from: PixelMeaning, to: PixelMeaning): number[] {
  if (from.mode === to.mode && from.profile === to.profile && from.isLinear === to.isLinear) return [...color];
  return fromXyz(toXyz(color, from), to);
}

/** CIE XYZ relative to D50. */
function toXyz(color: readonly number[], { mode, profile, isLinear }: PixelMeaning): number[] {
  if (mode === 'labColorMode') return labToXyz([color[0]! * 100, color[1]! * 255 - 128, color[2]! * 255 - 128]);
  if (mode === 'CMYKColorMode') {
    const [cyan, magenta, yellow, black] = color;
    return toXyz([cyan! * black!, magenta! * black!, yellow! * black!], srgbMeaning());
  }
  const space = spaceOf(mode, profile, isLinear);
  const linear = color.map((value) => space.transfer.decode(value));
  if (mode === 'grayscaleMode') return WHITE.map((white) => white * linear[0]!);
  return rows(space.toXyzD50, linear);
}

function fromXyz(xyz: readonly number[], { mode, profile, isLinear }: PixelMeaning): number[] {
  if (mode === 'labColorMode') {
    const [lightness, a, b] = xyzToLab(xyz);
    return [lightness! / 100, (a! + 128) / 255, (b! + 128) / 255];
  }
  if (mode === 'CMYKColorMode') {
    const rgb = fromXyz(xyz, srgbMeaning()).map((value) => Math.min(1, Math.max(0, value)));
    const black = Math.max(...rgb);
    return [...rgb.map((value) => (black > 0 ? value / black : 1)), black];
  }
  const space = spaceOf(mode, profile, isLinear);
  if (mode === 'grayscaleMode') return [space.transfer.encode(xyz[1]!)];
  return rows(inverse(space.toXyzD50), xyz).map((value) => space.transfer.encode(value));
}

function srgbMeaning(): PixelMeaning {
  return { mode: 'RGBColorMode', profile: WORKING_RGB, isLinear: false };
}

function spaceOf(mode: ColorMode, profile: string | undefined, isLinear: boolean): ColorSpace {
  const isGray = mode === 'grayscaleMode';
  const name = profile ?? (isGray ? WORKING_GRAY : WORKING_RGB);
  // Profiles that Photoshop knows and Evenlight does not: something plainly different from the assumed one.
  const space = colorSpaceByName(name) ?? (isGray ? colorSpaces.grayGamma18 : colorSpaces.adobeRgb);
  return isLinear ? linearColorSpace(space) : space;
}

const WHITE = [0.9642, 1, 0.8249];
const EPSILON = 216 / 24389;
const KAPPA = 24389 / 27;

function xyzToLab(xyz: readonly number[]): number[] {
  const [x, y, z] = xyz.map((value, i) => {
    const ratio = value / WHITE[i]!;
    return ratio > EPSILON ? Math.cbrt(ratio) : (KAPPA * ratio + 16) / 116;
  });
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

function labToXyz([lightness, a, b]: readonly [number, number, number]): number[] {
  const y = (lightness + 16) / 116;
  return [y + a / 500, y, y - b / 200].map((root, i) => {
    const cube = root ** 3;
    return WHITE[i]! * (cube > EPSILON ? cube : (116 * root - 16) / KAPPA);
  });
}

function rows(matrix: readonly number[], vector: readonly number[]): number[] {
  return [0, 3, 6].map(
    (row) => matrix[row]! * vector[0]! + matrix[row + 1]! * vector[1]! + matrix[row + 2]! * vector[2]!,
  );
}

function inverse(m: readonly number[]): number[] {
  const minor = (a: number, b: number, c: number, d: number): number => m[a]! * m[d]! - m[b]! * m[c]!;
  const cofactors = [
    minor(4, 5, 7, 8),
    -minor(1, 2, 7, 8),
    minor(1, 2, 4, 5),
    -minor(3, 5, 6, 8),
    minor(0, 2, 6, 8),
    -minor(0, 2, 3, 5),
    minor(3, 4, 6, 7),
    -minor(0, 1, 6, 7),
    minor(0, 1, 3, 4),
  ];
  const determinant = m[0]! * cofactors[0]! + m[1]! * cofactors[3]! + m[2]! * cofactors[6]!;
  return cofactors.map((value) => value / determinant);
}
