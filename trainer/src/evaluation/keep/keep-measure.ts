import type { KeepPicture } from './keep-picture.ts';
import type { StoredPhoto } from '../../dataset/picture-store.ts';
import { toFloat } from '../picture-file.ts';
import { sampledDeltaE, strideFor } from '../sampled-delta-e.ts';

/** A ground counts as white where every channel of the input has at least this code. */
const WHITE_CODE = 250;

/** The number of pixels over which ΔE2000 is measured. */
const DELTA_E_PIXELS = 15_000;

/** What a model did to one picture of the keep set. Codes are 8-bit, differences absolute. */
export interface KeepMeasure {
  /** Mean ΔE2000 between output and target; for a picture that needs no change, between output and input. */
  readonly deltaE: number;
  /** The same of the input; 0 where nothing is wrong. */
  readonly deltaEBefore: number;
  /** Mean difference in codes from the target. */
  readonly codes: number;
  /** Mean difference in codes inside the frame from the same photograph corrected without it. */
  readonly inside?: number;
  /** Mean output code where the surround is white in the input; absent where it is nowhere white. */
  readonly white?: number;
  /** Mean difference in codes of the object from what it should be. */
  readonly object?: number;
  /** The largest difference between two channels of a pixel, in codes. */
  readonly spread: number;
}

/** Measures a corrected picture. `bareAfter` is the corrected photograph without its frame. */
export function measureKeep(picture: KeepPicture, after: StoredPhoto, bareAfter?: StoredPhoto): KeepMeasure {
  const { before, mask, bare } = picture;
  const goal = picture.goal ?? before.pixels;
  const white = mask && whiteOf(before.pixels, after.pixels, mask);
  const stride = strideFor(goal.length / 3, DELTA_E_PIXELS);
  const wanted = toFloat({ pixels: goal });
  return {
    deltaE: sampledDeltaE(toFloat(after), wanted, stride),
    deltaEBefore: picture.goal ? sampledDeltaE(toFloat(before), wanted, stride) : 0,
    codes: meanDifference(after.pixels, goal),
    ...(bare && bareAfter && { inside: insideDifference(after, bareAfter, bare) }),
    ...(white !== undefined && { white }),
    ...(mask?.includes(0) && mask.includes(255) && { object: meanDifference(after.pixels, goal, mask) }),
    spread: largestSpread(after.pixels),
  };
}

/** Mean absolute difference, over the whole picture or where `mask` is 255. */
function meanDifference(left: Uint8Array, right: Uint8Array, mask?: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < left.length; i++) {
    if (mask && mask[Math.floor(i / 3)] !== 255) continue;
    sum += Math.abs(left[i]! - right[i]!);
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

function insideDifference(
  framed: StoredPhoto,
  bare: StoredPhoto,
  { left, top }: { left: number; top: number },
): number {
  let sum = 0;
  for (let y = 0; y < bare.height; y++) {
    const from = ((top + y) * framed.width + left) * 3;
    const at = y * bare.width * 3;
    for (let x = 0; x < bare.width * 3; x++) sum += Math.abs(framed.pixels[from + x]! - bare.pixels[at + x]!);
  }
  return sum / bare.pixels.length;
}

function whiteOf(input: Uint8Array, output: Uint8Array, mask: Uint8Array): number | undefined {
  let sum = 0;
  let count = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const i = pixel * 3;
    if (mask[pixel] !== 0 || Math.min(input[i]!, input[i + 1]!, input[i + 2]!) < WHITE_CODE) continue;
    sum += output[i]! + output[i + 1]! + output[i + 2]!;
    count += 3;
  }
  return count === 0 ? undefined : sum / count;
}

function largestSpread(pixels: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    const green = pixels[i + 1]!;
    largest = Math.max(largest, Math.abs(pixels[i]! - green), Math.abs(green - pixels[i + 2]!));
  }
  return largest;
}
