import {
  averageImage,
  type Correction,
  createApplier,
  type PixelArray,
  type PixelImage,
  predictScene,
  psnr,
  ssim,
} from '@evenlight/models';
import { TrainerError } from '../errors.ts';
import { autoGamma } from './auto-gamma.ts';
import { clippedHueError, type HueError } from './clipped-hue.ts';
import type { EvaluationPair } from './pairs.ts';
import { type DecodedPicture, readPicture, toFloat } from './picture-file.ts';
import type { NetworkPredictor } from './network-predictor.ts';
import { sampledDeltaE } from './sampled-delta-e.ts';

/** How near a picture is to its reference: PSNR in dB and SSIM over encoded RGB, mean ΔE2000; a quick score has PSNR alone. */
export interface Nearness {
  readonly psnr: number;
  readonly ssim?: number;
  readonly deltaE?: number;
}

export interface PairScore extends EvaluationPair {
  readonly model: Nearness;
  readonly identity: Nearness;
  readonly autoGamma: Nearness;
  /** Hue where one or two channels of the input are clipped, of the output and of the input. */
  readonly hue: { readonly model: HueError; readonly identity: HueError };
  /** Mean of the output over pixels whose channels are all clipped in the input, and how many there are. */
  readonly white: { readonly mean: number; readonly pixels: number };
}

/** A pixel counts as clipped in all channels from this 8-bit code on. */
const CLIPPED_CODE = 254;

/** A model's correction for a picture. */
export async function correctionOf(predictor: NetworkPredictor, image: PixelImage): Promise<Correction> {
  const picture = await averageImage(image, predictor.contract.input);
  return predictScene(picture, (proxy) => Promise.resolve(predictor.predict(proxy)));
}

/** Corrects a picture at full strength. */
export async function correct(predictor: NetworkPredictor, image: DecodedPicture): Promise<DecodedPicture> {
  return applyCorrection(await correctionOf(predictor, image), image);
}

/** Applies a correction at full strength; the same kernel that the product uses. */
export function applyCorrection(correction: Correction, image: DecodedPicture): DecodedPicture {
  const pixels = new Uint8Array(image.pixels.length);
  const applier = createApplier(correction, { strength: 1, evBias: 0 }, image);
  applier.applyRows(image.pixels, pixels, { firstRow: 0, rowCount: image.height });
  return { ...image, pixels };
}

/** Scores one pair beside the baselines; quickly = PSNR alone. @throws TrainerError `BAD_IMAGE` */
export async function scorePair(pair: EvaluationPair, correction: Correction, isQuick: boolean): Promise<PairScore> {
  const input = await readPicture(pair.input);
  const reference = await readPicture(pair.reference);
  checkSameSize(pair, input, reference);
  const output = applyCorrection(correction, input);
  const goal = toFloat(reference);
  const near = (pixels: Float32Array): Nearness => ({
    psnr: psnr(pixels, goal),
    ...(!isQuick && { ssim: ssim(pixels, goal, input.width, input.height), deltaE: sampledDeltaE(pixels, goal) }),
  });
  const [before, after] = [toFloat(input), toFloat(output)];
  return {
    ...pair,
    model: near(after),
    identity: near(before),
    autoGamma: near(autoGamma(input.pixels)),
    hue: {
      model: clippedHueError(input.pixels, after, goal),
      identity: clippedHueError(input.pixels, before, goal),
    },
    white: whiteOf(input.pixels, output.pixels),
  };
}

function checkSameSize(pair: EvaluationPair, input: PixelImage, reference: PixelImage): void {
  if (input.width === reference.width && input.height === reference.height) return;
  const size = ({ width, height }: PixelImage): string => `${width}×${height}`;
  const got = `${pair.input} is ${size(input)}, its reference ${pair.reference} ${size(reference)}`;
  throw new TrainerError('BAD_DATASET', `${got}; a pair needs one size`);
}

/** Mean output, 0..1, where all channels of the input are clipped. */
function whiteOf(input: PixelArray, output: PixelArray): { mean: number; pixels: number } {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < input.length; i += 3) {
    if (Math.min(input[i]!, input[i + 1]!, input[i + 2]!) < CLIPPED_CODE) continue;
    sum += (output[i]! + output[i + 1]! + output[i + 2]!) / (3 * 255);
    count++;
  }
  return { mean: count === 0 ? 0 : sum / count, pixels: count };
}

/** Mean ΔE2000 of the change that a correction makes to a picture that needs none. */
export async function changeMade(file: string, correction: Correction): Promise<number> {
  const image = await readPicture(file);
  return sampledDeltaE(toFloat(applyCorrection(correction, image)), toFloat(image));
}
