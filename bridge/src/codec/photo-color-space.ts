import { type ColorSpace, ModelError, colorSpaceByName, colorSpaces, parseIccProfile } from '@evenlight/models';
import type { PhotoMetadata } from './photo.ts';

/** What the pixels' values mean, and how sure that is. */
export interface PhotoColorSpace {
  readonly colorSpace: ColorSpace;
  /** As the summary names it. */
  readonly name: string;
  /** Present when the values had to be guessed. */
  readonly warning?: string;
}

/** What the file says about its values beside its metadata. */
export interface SampleFacts {
  readonly isGray: boolean;
  readonly isFloat: boolean;
  /** ITU-T H.273 code points of a PNG. */
  readonly codePoints?: { readonly primaries: number; readonly transfer: number };
}

const LINEAR_SRGB = 'sRGB IEC61966-2.1 (Linear RGB Profile)';
const TRANSFER_SRGB = 13;

/**
 * The colour space of a photograph: its profile's; for files without one the camera's word (Adobe RGB by DCF), the PNG's
 * code points, else sRGB, gray gamma 2.2, and for 32-bit samples linear light with sRGB's primaries. A profile that
 * cannot be computed with (tables instead of a matrix) is kept in the file while its values are taken for sRGB.
 */
export function photoColorSpace(metadata: PhotoMetadata, facts: SampleFacts): PhotoColorSpace {
  const untagged = untaggedSpace(metadata, facts);
  if (metadata.icc === undefined) return untagged;
  try {
    const colorSpace = parseIccProfile(metadata.icc);
    if ((colorSpace.kind === 'gray') === facts.isGray) return { colorSpace, name: colorSpace.name };
    const pixels = facts.isGray ? 'gray' : 'RGB';
    return guessed(untagged, `its colour profile "${colorSpace.name}" is not one for ${pixels} pixels`);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return guessed(untagged, `its colour profile cannot be computed with (${error.message})`);
  }
}

function guessed({ colorSpace, name }: PhotoColorSpace, reason: string): PhotoColorSpace {
  return { colorSpace, name, warning: `${reason}; the values are taken for ${colorSpace.name}, the profile is kept` };
}

function untaggedSpace(metadata: PhotoMetadata, { isGray, isFloat, codePoints }: SampleFacts): PhotoColorSpace {
  if (isGray) return without(colorSpaces.grayGamma22);
  if (isFloat) return without(colorSpaceByName(LINEAR_SRGB) ?? colorSpaces.srgb);
  if (metadata.cameraColorSpace === 'adobe-rgb')
    return { colorSpace: colorSpaces.adobeRgb, name: 'Adobe RGB (camera)' };
  if (codePoints === undefined) return without(colorSpaces.srgb);
  if (codePoints.transfer === TRANSFER_SRGB && codePoints.primaries === 1) return without(colorSpaces.srgb);
  if (codePoints.transfer === TRANSFER_SRGB && codePoints.primaries === 12) return without(colorSpaces.displayP3);
  const { primaries, transfer } = codePoints;
  return {
    ...without(colorSpaces.srgb),
    warning: `its colour code points ${primaries}/${transfer} are not known; the values are taken for sRGB`,
  };
}

function without(colorSpace: ColorSpace): PhotoColorSpace {
  return { colorSpace, name: `${colorSpace.name} (no profile)` };
}
