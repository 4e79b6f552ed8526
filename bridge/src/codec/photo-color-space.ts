import { type ColorSpace, ModelError, colorSpaceByName, colorSpaces, parseIccProfile } from '@evenlight/models';
import type { PhotoMetadata } from './photo.ts';

/** What the pixels' values mean, and how sure that is. */
export interface PhotoColorSpace {
  readonly colorSpace: ColorSpace;
  /** As the summary names it. */
  readonly name: string;
  /** The file names its space in a way that other formats do not have: in those, a profile must name it. */
  readonly isImplied?: boolean;
  /** Present when the values had to be guessed. */
  readonly warning?: string;
}

/** What the file says about its values beside its metadata. */
export interface SampleFacts {
  readonly isGray: boolean;
  readonly isFloat: boolean;
  /** What the file says about its values by other means than a profile. It takes precedence over a profile. */
  readonly colour?:
    { readonly kind: 'profile' } | { readonly kind: 'space'; readonly space: ColorSpace; readonly name: string };
}

const LINEAR_SRGB = 'sRGB IEC61966-2.1 (Linear RGB Profile)';

/**
 * The colour space of a photograph: what the file says before its profile (PNG chunks); then its profile; for files without one
 * what the camera says (Adobe RGB by DCF), else sRGB, gray gamma 2.2, and for 32-bit samples linear light with sRGB's primaries.
 * A profile that cannot be computed with (tables instead of a matrix) is kept in the file, and its values are read as sRGB.
 */
export function photoColorSpace(metadata: PhotoMetadata, facts: SampleFacts): PhotoColorSpace {
  if (facts.colour?.kind === 'space')
    return { colorSpace: facts.colour.space, name: facts.colour.name, isImplied: true };
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

function untaggedSpace(metadata: PhotoMetadata, { isGray, isFloat }: SampleFacts): PhotoColorSpace {
  if (isGray) return without(colorSpaces.grayGamma22);
  if (isFloat) return without(colorSpaceByName(LINEAR_SRGB) ?? colorSpaces.srgb);
  if (metadata.cameraColorSpace === 'adobe-rgb')
    return { colorSpace: colorSpaces.adobeRgb, name: 'Adobe RGB (camera)' };
  return without(colorSpaces.srgb);
}

function without(colorSpace: ColorSpace): PhotoColorSpace {
  return { colorSpace, name: `${colorSpace.name} (no profile)` };
}
