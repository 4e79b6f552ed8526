import type { ColorSpace, TransferFunction } from './color-space.ts';
import { colorSpaces } from './color-spaces.ts';

/** Of entries of the matrix to XYZ; profiles' roundings and adaptations differ by less. About ΔE 0.3. */
const MATRIX_TOLERANCE = 1e-3;
/** Of encoded values: a quarter of an 8-bit code. */
const CURVE_TOLERANCE = 1 / 1024;
const CURVE_SAMPLES = 512;

/**
 * The well-known colour space that this one nearly equals, `undefined` if there is none. Profiles of one space differ in their
 * roundings and in tables against formulas; a picture does not look different, and the well-known form is faster.
 */
export function matchColorSpace(space: ColorSpace): ColorSpace | undefined {
  return Object.values<ColorSpace>(colorSpaces).find((known) => isNearlyEqual(space, known));
}

function isNearlyEqual(space: ColorSpace, known: ColorSpace): boolean {
  if (space.kind !== known.kind) return false;
  const hasSamePrimaries =
    space.kind === 'gray' ||
    space.toXyzD50.every((value, index) => Math.abs(value - known.toXyzD50[index]!) <= MATRIX_TOLERANCE);
  const transfers = space.channelTransfers ?? [space.transfer];
  return hasSamePrimaries && transfers.every((transfer) => hasSameCurve(transfer, known.transfer));
}

function hasSameCurve(transfer: TransferFunction, known: TransferFunction): boolean {
  for (let i = 0; i <= CURVE_SAMPLES; i++) {
    const encoded = i / CURVE_SAMPLES;
    if (!(Math.abs(known.encode(transfer.decode(encoded)) - encoded) <= CURVE_TOLERANCE)) return false;
  }
  return true;
}
