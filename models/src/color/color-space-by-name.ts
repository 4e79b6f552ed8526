import type { ColorSpace } from './color-space.ts';
import { colorSpaces, linearColorSpace } from './color-spaces.ts';

const LINEAR_SUFFIX = /\s*\(linear (rgb|gr[ae]y(scale)?) profile\)\s*$/i;

/** Profile descriptions in small letters and digits only, as Photoshop, macOS, cameras and raw converters write them. */
const BY_NAME: ReadonlyMap<string, ColorSpace> = new Map([
  ...names(
    colorSpaces.srgb,
    'srgb',
    'srgbiec6196621',
    'srgbiec6196621blackscaled',
    'srgbbuiltin',
    'srgbcolorspaceprofile',
  ),
  ...names(colorSpaces.adobeRgb, 'adobergb', 'adobergb1998', 'compatiblewithadobergb1998', 'oprgb'),
  ...names(colorSpaces.displayP3, 'displayp3', 'p3d65'),
  ...names(colorSpaces.proPhoto, 'rommrgb', 'rommrgbiso2202822013'),
  ...names(colorSpaces.proPhotoProfile, 'prophotorgb', 'prophoto', 'kodakprophotorgb'),
  ...names(colorSpaces.rec2020, 'rec2020', 'bt2020', 'itur2020', 'iturbt2020', 'reciturbt20201', 'rec2020camera'),
  ...names(colorSpaces.rec2020Gamma24, 'rec2020gamma24', 'bt2020gamma24'),
  ...names(colorSpaces.grayGamma22, 'graygamma22', 'genericgraygamma22profile', 'greygamma22'),
  ...names(colorSpaces.grayGamma18, 'graygamma18', 'greygamma18'),
  ...names(colorSpaces.graySrgb, 'sgray'),
]);

function names(space: ColorSpace, ...keys: string[]): [string, ColorSpace][] {
  return keys.map((key) => [key, space]);
}

/**
 * The colour space that a profile of this name stands for, `undefined` for a name that is not known.
 *
 * For hosts that tell the name of a document's profile but not its bytes (Photoshop). Case, spaces and punctuation do not
 * count. The suffix " (Linear RGB Profile)", which Photoshop gives to the profiles of 32-bit documents, gives the linear space.
 */
export function colorSpaceByName(name: string): ColorSpace | undefined {
  const isLinear = LINEAR_SUFFIX.test(name);
  const key = name
    .replace(LINEAR_SUFFIX, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const space = BY_NAME.get(key);
  return space !== undefined && isLinear ? linearColorSpace(space) : space;
}
