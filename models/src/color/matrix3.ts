import { ModelError } from '../errors.ts';
import type { Matrix3 } from './color-space.ts';

/** `left · right`, both 3×3 row-major. */
export function multiplyMatrix3(left: Matrix3, right: Matrix3): number[] {
  const product = new Array<number>(9).fill(0);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      for (let k = 0; k < 3; k++) product[row * 3 + column]! += left[row * 3 + k]! * right[k * 3 + column]!;
    }
  }
  return product;
}

/** `matrix · vector`. */
export function transformVector3(matrix: Matrix3, vector: readonly number[]): [number, number, number] {
  const [x, y, z] = [vector[0]!, vector[1]!, vector[2]!];
  return [
    matrix[0]! * x + matrix[1]! * y + matrix[2]! * z,
    matrix[3]! * x + matrix[4]! * y + matrix[5]! * z,
    matrix[6]! * x + matrix[7]! * y + matrix[8]! * z,
  ];
}

/**
 * The inverse by the adjugate.
 *
 * @throws ModelError `BAD_COLOR_SPACE` for a matrix that is singular, as colours of such a space cannot be told apart
 */
export function invertMatrix3(matrix: Matrix3): number[] {
  const [a, b, c] = [matrix[0]!, matrix[1]!, matrix[2]!];
  const [d, e, f] = [matrix[3]!, matrix[4]!, matrix[5]!];
  const [g, h, i] = [matrix[6]!, matrix[7]!, matrix[8]!];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!(Math.abs(determinant) > 1e-9)) {
    throw new ModelError(
      'BAD_COLOR_SPACE',
      `matrix [${matrix.join(', ')}] has determinant ${determinant}, needs an inverse`,
    );
  }
  return [
    (e * i - f * h) / determinant,
    (c * h - b * i) / determinant,
    (b * f - c * e) / determinant,
    (f * g - d * i) / determinant,
    (a * i - c * g) / determinant,
    (c * d - a * f) / determinant,
    (d * h - e * g) / determinant,
    (b * g - a * h) / determinant,
    (a * e - b * d) / determinant,
  ];
}
