import path from 'node:path';
import { buildProxy, createApplier, DEFAULT_ADJUSTMENT, proxySize } from '@evenlight/models';
import type { NetworkPredictor } from '../network-predictor.ts';
import { type DecodedPicture, readPicture, toFloat } from '../picture-file.ts';
import type { CorrectedPicture } from './lifted-picture.ts';
import type { NetworkCleaners } from './network-cleaner.ts';

/** A dark photograph as it was taken, corrected and cleaned, and what is left in it. Noise is measured by the network, in 8-bit codes. */
export interface DarkFrame extends CorrectedPicture {
  readonly cleaned: Float32Array;
  /** Root mean square of what the network finds in the corrected picture. */
  readonly found: number;
  /** The same in the cleaned one. */
  readonly left: number;
}

/** Networks take sides that are divisible by this. */
const MULTIPLE = 8;
/** Longer sides are cut to their middle: the report shows pictures at 1:1. */
const LONGEST = 512;

/** Corrects and cleans dark photographs as products do; those in which most noise is left come first. */
export async function cleanDarkFrames(
  files: readonly string[],
  predictor: NetworkPredictor,
  { automatic, everywhere }: NetworkCleaners,
): Promise<DarkFrame[]> {
  const frames: DarkFrame[] = [];
  for (const file of files) {
    const picture = correct(path.basename(file), await readPicture(file), predictor);
    const [cleaned] = await automatic.clean([picture], 1);
    const [all] = await everywhere.clean([picture], 1);
    const after = { ...picture, lifted: { ...picture.lifted, pixels: cleaned! } };
    const [again] = await everywhere.clean([after], 1);
    const found = differenceInCodes(all!, picture.lifted.pixels);
    frames.push({ ...picture, cleaned: cleaned!, found, left: differenceInCodes(again!, cleaned!) });
  }
  return frames.sort((a, b) => b.left - a.left);
}

function correct(name: string, picture: DecodedPicture, predictor: NetworkPredictor): CorrectedPicture {
  const { contract } = predictor;
  const correction = predictor.predict(buildProxy(picture, proxySize(contract, picture)));
  const corrected = picture.pixels.slice();
  createApplier(correction, DEFAULT_ADJUSTMENT, picture).applyRows(picture.pixels, corrected, {
    firstRow: 0,
    rowCount: picture.height,
  });
  const middle = middleOf(picture);
  const lifted = { ...middle, pixels: toFloat(cut({ ...picture, pixels: corrected }, middle)) };
  return { name, correction, lifted, original: { ...middle, pixels: toFloat(cut(picture, middle)) } };
}

function middleOf({ width, height }: DecodedPicture) {
  const [wide, high] = [width, height].map((side) => Math.min(side, LONGEST) - (Math.min(side, LONGEST) % MULTIPLE));
  return { left: (width - wide!) >> 1, top: (height - high!) >> 1, width: wide!, height: high! };
}

function cut(
  picture: DecodedPicture,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): { pixels: Uint8Array } {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * picture.width + left) * 3;
    pixels.set(picture.pixels.subarray(start, start + width * 3), y * width * 3);
  }
  return { pixels };
}

/** The root mean square difference of two pictures. */
function differenceInCodes(left: Float32Array, right: Float32Array): number {
  const sum = left.reduce((total, value, i) => total + (value - right[i]!) ** 2, 0);
  return 255 * Math.sqrt(sum / left.length);
}
