import type { ColorSpace, Matrix3, ToneCurve } from './color-space.ts';
import { colorSpaces, SRGB_CURVE } from './color-spaces.ts';
import { invertMatrix3, multiplyMatrix3 } from './matrix3.ts';

/** Matrices that differ by no more are the same primaries: ICC profiles store 1/65536 and round their adaptation differently. */
const MATRIX_TOLERANCE = 5e-4;
const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Linear RGB of the space → linear sRGB (BT.709 primaries) through XYZ D50; `undefined` where the primaries are sRGB's. */
export function toSrgbMatrix(space: ColorSpace): Matrix3 | undefined {
  if (space.kind === 'gray') return undefined;
  const matrix = multiplyMatrix3(invertMatrix3(colorSpaces.srgb.toXyzD50), space.toXyzD50);
  return matrix.every((value, index) => Math.abs(value - IDENTITY[index]!) <= MATRIX_TOLERANCE) ? undefined : matrix;
}

/** Whether encoded values of the space are sRGB-encoded values as they stand: nothing has to be computed. */
export function isSrgbEncoded(space: ColorSpace): boolean {
  const hasSrgbCurve = space.channelTransfers === undefined && equalCurves(space.transfer.curve, SRGB_CURVE);
  return hasSrgbCurve && toSrgbMatrix(space) === undefined;
}

function equalCurves(left: ToneCurve, right: ToneCurve): boolean {
  if (left.type !== 'parametric' || right.type !== 'parametric') return false;
  const keys = ['g', 'a', 'b', 'c', 'd', 'e', 'f'] as const;
  return keys.every((key) => Math.abs(left[key] - right[key]) <= 1e-6);
}
