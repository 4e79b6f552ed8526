import { ModelError } from '../errors.ts';
import type { ColorSpace, Matrix3, ToneCurve } from './color-space.ts';
import { grayColorSpace } from './color-spaces.ts';
import { IccBytes } from './icc-bytes.ts';
import { readIccCurve } from './icc-curve.ts';
import { readIccDescription } from './icc-description.ts';
import { matchColorSpace } from './match-color-space.ts';
import { invertMatrix3, multiplyMatrix3 } from './matrix3.ts';
import { bradfordToD50 } from './primaries.ts';
import { createTransferFunction } from './transfer-function.ts';

const HEADER_BYTES = 128;
/** Real profiles have 10 to 40 tags. */
const MAX_TAGS = 200;

/**
 * The colour space of an ICC profile, version 2 (ICC.1:2001-04) or 4 (ICC.1:2022): three-component matrix profiles and gray
 * profiles with a tone curve, that is, every working space and nearly every camera's and display's profile. One that nearly
 * equals a well-known space becomes that space, under its own name.
 *
 * Profiles that also have tables (`A2B0`) are read by their matrix: a picture goes to sRGB and back the same way, so the
 * difference is one of where in colour space a correction acts, not of the colours that it leaves alone.
 *
 * @throws ModelError `UNSUPPORTED_PROFILE` for CMYK, Lab and table-only profiles, and for bytes that are no profile
 */
export function parseIccProfile(bytes: Uint8Array): ColorSpace {
  const profile = new IccBytes(bytes);
  const space = profile.length < HEADER_BYTES + 4 ? undefined : profile.signature(16);
  if (space === undefined || profile.signature(36) !== 'acsp') {
    throw new ModelError('UNSUPPORTED_PROFILE', `${bytes.length} bytes without "acsp" at 36 are no ICC profile`);
  }
  const pcs = profile.signature(20);
  if ((space !== 'RGB ' && space !== 'GRAY') || pcs !== 'XYZ ') {
    throw new ModelError(
      'UNSUPPORTED_PROFILE',
      `profile goes from "${space}" to "${pcs}", needs "RGB " or "GRAY" to "XYZ "`,
    );
  }
  const tags = readTags(profile);
  const descriptionAt = tags.get('desc');
  const name = (descriptionAt === undefined ? '' : readIccDescription(profile, descriptionAt)) || 'ICC profile';
  try {
    const parsed = space === 'GRAY' ? readGray(profile, tags, name) : readRgb(profile, tags, name);
    const known = matchColorSpace(parsed);
    return known === undefined ? parsed : { ...known, name };
  } catch (error) {
    if (!(error instanceof ModelError) || error.code === 'UNSUPPORTED_PROFILE') throw error;
    throw new ModelError('UNSUPPORTED_PROFILE', `profile "${name}": ${error.message}`, { cause: error });
  }
}

/** Where each tag's element begins (ICC.1:2022 §7.3). */
function readTags(profile: IccBytes): ReadonlyMap<string, number> {
  const count = profile.uint32(HEADER_BYTES);
  if (count > MAX_TAGS)
    throw new ModelError('UNSUPPORTED_PROFILE', `profile has ${count} tags, needs ${MAX_TAGS} or fewer`);
  const tags = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const entry = HEADER_BYTES + 4 + i * 12;
    tags.set(profile.signature(entry), profile.uint32(entry + 4));
  }
  return tags;
}

function tagAt(tags: ReadonlyMap<string, number>, tag: string): number {
  const at = tags.get(tag);
  if (at !== undefined) return at;
  const got = [...tags.keys()].join(' ');
  throw new ModelError(
    'UNSUPPORTED_PROFILE',
    `profile has no ${tag}, which a matrix or gray profile needs (it has ${got})`,
  );
}

function readGray(profile: IccBytes, tags: ReadonlyMap<string, number>, name: string): ColorSpace {
  return grayColorSpace(name, readIccCurve(profile, tagAt(tags, 'kTRC'), 'kTRC'));
}

function readRgb(profile: IccBytes, tags: ReadonlyMap<string, number>, name: string): ColorSpace {
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => readXyz(profile, tagAt(tags, tag), tag));
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((tag) => readIccCurve(profile, tagAt(tags, tag), tag));
  const toXyzD50 = adaptColumns(columns);
  invertMatrix3(toXyzD50);
  const [red, green, blue] = [curves[0]!, curves[1]!, curves[2]!].map(createTransferFunction);
  const space = { name, kind: 'rgb' as const, toXyzD50, transfer: green! };
  const isOneCurve = curves.every((curve) => equalCurves(curve, curves[1]!));
  return isOneCurve ? space : { ...space, channelTransfers: [red!, green!, blue!] };
}

function readXyz(profile: IccBytes, at: number, tag: string): number[] {
  const type = profile.signature(at);
  if (type !== 'XYZ ') throw new ModelError('UNSUPPORTED_PROFILE', `${tag} is of type "${type}", needs "XYZ "`);
  return [profile.s15Fixed16(at + 8), profile.s15Fixed16(at + 12), profile.s15Fixed16(at + 16)];
}

/**
 * RGB (1, 1, 1) is D50 in the connection space (media-relative colorimetry), so the columns must add up to D50. They do but for
 * roundings, and not at all in some old profiles, whose colorants were not adapted. Both are put right, so that grays stay gray.
 */
function adaptColumns(columns: readonly (readonly number[])[]): Matrix3 {
  const matrix = [0, 1, 2].flatMap((row) => columns.map((column) => column[row]!));
  const white = [0, 1, 2].map((row) => matrix[row * 3]! + matrix[row * 3 + 1]! + matrix[row * 3 + 2]!);
  const isWhite = white.every((value) => value > 0.2 && value < 2);
  if (!isWhite) throw new ModelError('UNSUPPORTED_PROFILE', `white is XYZ ${white.join(', ')}, needs a white`);
  return multiplyMatrix3(bradfordToD50(white), matrix);
}

function equalCurves(left: ToneCurve, right: ToneCurve): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
