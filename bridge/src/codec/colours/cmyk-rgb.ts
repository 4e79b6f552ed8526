import { ModelError } from '@evenlight/models';
import { sharp } from '../libvips.ts';
import { createGridTransform, type GridTransform } from './grid-transform.ts';
import { parsePrinterProfile, type PrinterProfile } from './icc-tables.ts';
import { labToWorking, workingToLab } from './lab-rgb.ts';

/*
 * Converts CMYK to the working space and back through one profile, relative colorimetric, so that colours which the correction
 * leaves alone stay the same, to within the precision of the profile's tables. The profile decides how much black a colour gets.
 */

/** Points a side: 17⁴ and 33³ colours, which together take less than half a second to compute. */
const CMYK_POINTS = 17;
const RGB_POINTS = 33;

export interface CmykTransform {
  /** Both are computed when they are asked for. */
  toWorking(): GridTransform;
  fromWorking(): GridTransform;
  /** Present when the file has no profile that can be used. */
  readonly warning?: string;
}

/** @param icc the file's profile */
export async function cmykTransform(icc: Uint8Array | undefined): Promise<CmykTransform> {
  const generic = 'its inks are taken for those of a generic offset print';
  if (icc === undefined)
    return { ...transformOf(await genericProfile()), warning: `it has no colour profile: ${generic}` };
  try {
    return transformOf(parsePrinterProfile(icc, 'CMYK'));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const reason = `its colour profile cannot be computed with (${error.message}): ${generic}`;
    return { ...transformOf(await genericProfile()), warning: reason };
  }
}

function transformOf({ toLab, fromLab }: PrinterProfile): CmykTransform {
  return {
    toWorking: () => createGridTransform(4, 3, CMYK_POINTS, (inks) => labToWorking(toLab(inks))),
    fromWorking: () => createGridTransform(3, 4, RGB_POINTS, (rgb) => fromLab(workingToLab(rgb))),
  };
}

/** The profile that comes with libvips ("Chemical proof", public domain). */
async function genericProfile(): Promise<PrinterProfile> {
  const pixel = sharp(undefined, { create: { width: 1, height: 1, channels: 3, background: '#fff' } });
  const file = await pixel.toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer();
  const { icc } = await sharp(file).metadata();
  if (icc === undefined) throw new Error('libvips has no CMYK profile');
  return parsePrinterProfile(icc, 'CMYK');
}
