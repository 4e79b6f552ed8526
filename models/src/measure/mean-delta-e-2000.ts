import { ModelError } from '../errors.ts';
import { deltaE2000 } from './delta-e-2000.ts';
import { type LabTarget, writeLab } from './lab.ts';
import { runSteps, type Steps } from '../steps.ts';
import { linearLight } from './linear-light.ts';

/** Values compared in a piece: 4096 pixels take two milliseconds, before the code is compiled eight. */
const PIECE = 3 * 4096;

/**
 * Mean ΔE2000 over the pixels of two sRGB-encoded pictures `[height][width][3]`, 0..1.
 *
 * @throws ModelError `BAD_IMAGE` for arrays of different or wrong length
 */
export function meanDeltaE2000(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return runSteps(meanDeltaESteps(left, right));
}

/** {@link meanDeltaE2000} in pieces. @throws ModelError `BAD_IMAGE` */
export function* meanDeltaESteps(left: ArrayLike<number>, right: ArrayLike<number>): Steps<number> {
  checkSameLength(left, right);
  const lightLeft = linearLight(left);
  yield;
  const lightRight = linearLight(right);
  yield;
  return yield* meanDeltaEOfLight(lightLeft, lightRight);
}

/** {@link meanDeltaESteps} of pictures in linear light, of the same length. */
export function* meanDeltaEOfLight(left: Float32Array, right: Float32Array): Steps<number> {
  let sum = 0;
  for (let first = 0; first < left.length; first += PIECE) {
    sum = addDeltaE(sum, left.subarray(first, first + PIECE), right.subarray(first, first + PIECE));
    yield;
  }
  return sum / (left.length / 3);
}

/** Goes on with a sum over pixels: a sum of sums would have other last bits. */
function addDeltaE(before: number, left: Float32Array, right: Float32Array): number {
  let sum = before;
  // Two colours for all pixels: with new ones for each pixel, collecting garbage would take longer than the formula.
  const [leftLab, rightLab]: [LabTarget, LabTarget] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let i = 0; i < left.length; i += 3) {
    writeLab(leftLab, left[i]!, left[i + 1]!, left[i + 2]!);
    writeLab(rightLab, right[i]!, right[i + 1]!, right[i + 2]!);
    sum += deltaE2000(leftLab, rightLab);
  }
  return sum;
}

/** @throws ModelError `BAD_IMAGE` unless both hold the same number of RGB pixels, at least one */
export function checkSameLength(left: ArrayLike<number>, right: ArrayLike<number>): void {
  if (left.length !== right.length || left.length === 0 || left.length % 3 !== 0) {
    const got = `${left.length} and ${right.length} values`;
    throw new ModelError('BAD_IMAGE', `pictures have ${got}, need the same number of RGB pixels`);
  }
}
