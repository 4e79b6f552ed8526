import type { ColorSpace, ToneCurve } from './color-space.ts';
import { primariesToXyzD50, type Chromaticity, type Primaries } from './primaries.ts';
import { createTransferFunction } from './transfer-function.ts';

const D65: Chromaticity = [0.3127, 0.329];
const D50: Chromaticity = [0.3457, 0.3585];

/** ITU-R BT.709-6 item 1.3; also IEC 61966-2-1 (sRGB). */
const BT709_PRIMARIES: Primaries = { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06], white: D65 };
/** Adobe RGB (1998) Color Image Encoding, version 2005-05, §4.2.1; also IEC 61966-2-5 (opRGB). */
const ADOBE_RGB_PRIMARIES: Primaries = { red: [0.64, 0.33], green: [0.21, 0.71], blue: [0.15, 0.06], white: D65 };
/** SMPTE EG 432-1:2010 Annex H (P3 with a D65 white). */
const P3_D65_PRIMARIES: Primaries = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: D65 };
/** ISO 22028-2:2013 (ROMM RGB), Table 1. */
const ROMM_PRIMARIES: Primaries = {
  red: [0.7347, 0.2653],
  green: [0.1596, 0.8404],
  blue: [0.0366, 0.0001],
  white: D50,
};
/** ITU-R BT.2020-2 Table 3. */
const BT2020_PRIMARIES: Primaries = { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 };

/** IEC 61966-2-1:1999 §5.2, equations 5 and 6: linear below 0.04045, else ((x + 0.055) / 1.055)^2.4. */
export const SRGB_CURVE: ToneCurve = {
  type: 'parametric',
  g: 2.4,
  a: 1 / 1.055,
  b: 0.055 / 1.055,
  c: 1 / 12.92,
  d: 0.04045,
  e: 0,
  f: 0,
};
/** Adobe RGB (1998) §4.3.1.2: exactly 2 51/256. */
const ADOBE_RGB_CURVE: ToneCurve = { type: 'gamma', gamma: 563 / 256 };
/** ISO 22028-2:2013: 16·x below 1/512, else x^(1/1.8); inverted. */
const ROMM_CURVE: ToneCurve = { type: 'parametric', g: 1.8, a: 1, b: 0, c: 1 / 16, d: 16 / 512, e: 0, f: 0 };
/** What `ProPhoto.icm` and most ProPhoto RGB profiles hold: a `curv` of the one u8Fixed8 number 461/256, no linear toe. */
const PROPHOTO_PROFILE_CURVE: ToneCurve = { type: 'gamma', gamma: 461 / 256 };

/** ITU-R BT.2020-2 Table 4, α and β to double precision: 4.5·E below β, else α·E^0.45 − (α − 1); inverted. */
const BT2020_ALPHA = 1.09929682680944;
const BT2020_BETA = 0.018053968510807;
const BT2020_CURVE: ToneCurve = {
  type: 'parametric',
  g: 1 / 0.45,
  a: 1 / BT2020_ALPHA,
  b: (BT2020_ALPHA - 1) / BT2020_ALPHA,
  c: 1 / 4.5,
  d: 4.5 * BT2020_BETA,
  e: 0,
  f: 0,
};

function rgb(name: string, primaries: Primaries, curve: ToneCurve): ColorSpace {
  return { name, kind: 'rgb', toXyzD50: primariesToXyzD50(primaries), transfer: createTransferFunction(curve) };
}

/** A gray space with this tone curve. */
export function grayColorSpace(name: string, curve: ToneCurve): ColorSpace {
  return {
    name,
    kind: 'gray',
    toXyzD50: primariesToXyzD50(BT709_PRIMARIES),
    transfer: createTransferFunction(curve),
  };
}

/**
 * The same primaries with a linear transfer function, as Photoshop names the space of a 32-bit document.
 * A space that is linear already is returned as it is.
 */
export function linearColorSpace(space: ColorSpace): ColorSpace {
  if (space.transfer.isLinear && space.channelTransfers === undefined) return space;
  const suffix = space.kind === 'gray' ? ' (Linear Grayscale Profile)' : ' (Linear RGB Profile)';
  return {
    name: space.name + suffix,
    kind: space.kind,
    toXyzD50: space.toXyzD50,
    transfer: createTransferFunction({ type: 'linear' }),
  };
}

/**
 * The colour spaces of photographs, from their standards; primaries are adapted to D50 by Bradford.
 *
 * Two of them exist in two renderings, and a picture must be read the way it was written:
 * - **ProPhoto RGB.** `proPhoto` is ROMM RGB of ISO 22028-2, with its linear toe below 1/32. The ICC profiles named
 *   "ProPhoto RGB" that Photoshop, Lightroom and cameras' software embed are a pure gamma of 461/256 = 1.8008 without the toe:
 *   `proPhotoProfile`. `colorSpaceByName('ProPhoto RGB')` gives the latter, `'ROMM RGB: ISO 22028-2:2013'` the former.
 * - **Rec. 2020.** `rec2020` has the camera curve of BT.2020 itself, as Apple's "Rec. ITU-R BT.2020-1" profile does. Profiles
 *   named "… Gamma 2.4" follow the reference display (BT.1886) and are told apart by name; `parseIccProfile` reads either.
 */
export const colorSpaces = {
  srgb: rgb('sRGB IEC61966-2.1', BT709_PRIMARIES, SRGB_CURVE),
  adobeRgb: rgb('Adobe RGB (1998)', ADOBE_RGB_PRIMARIES, ADOBE_RGB_CURVE),
  displayP3: rgb('Display P3', P3_D65_PRIMARIES, SRGB_CURVE),
  proPhoto: rgb('ROMM RGB: ISO 22028-2:2013', ROMM_PRIMARIES, ROMM_CURVE),
  proPhotoProfile: rgb('ProPhoto RGB', ROMM_PRIMARIES, PROPHOTO_PROFILE_CURVE),
  rec2020: rgb('Rec. ITU-R BT.2020-1', BT2020_PRIMARIES, BT2020_CURVE),
  rec2020Gamma24: rgb('Rec. 2020 Gamma 2.4', BT2020_PRIMARIES, { type: 'gamma', gamma: 2.4 }),
  grayGamma22: grayColorSpace('Gray Gamma 2.2', { type: 'gamma', gamma: 2.2 }),
  grayGamma18: grayColorSpace('Gray Gamma 1.8', { type: 'gamma', gamma: 1.8 }),
  graySrgb: grayColorSpace('sGray', SRGB_CURVE),
} as const satisfies Record<string, ColorSpace>;
