import { applyToProxy, buildProxy, DEFAULT_ADJUSTMENT, proxySize, psnr, ssim } from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { runTfjs } from '../../export/parity.ts';
import { autoGamma } from '../auto-gamma.ts';
import type { NetworkPredictor } from '../network-predictor.ts';
import { fromFloats } from '../picture-file.ts';
import type { Cleaner } from './cleaner.ts';
import { codesOf, mean } from './evaluate-restoration.ts';
import { type LiftedPicture, liftPhotographs } from './lifted-picture.ts';

/** How near dark noisy pictures come to the well-exposed photographs that they were, means over pictures. */
export interface JointScore {
  readonly method: string;
  readonly ev: number;
  readonly images: number;
  readonly psnr: number;
  readonly ssim: number;
  /** PSNR in dB after the factor on all values that is best for the picture: what is left beside the exposure. */
  readonly matchedPsnr: number;
}

/** What is compared, and on what. */
export interface JointQuestion {
  /** A network picture → picture that brightens and cleans at once. */
  readonly joint: LayersModel;
  /** What corrects the exposure beside it, before `cleaner` cleans. */
  readonly predictor: NetworkPredictor;
  readonly cleaner: Cleaner;
  readonly keptBack: readonly string[];
  readonly evs: readonly number[];
  readonly seed: number;
}

type Method = (pictures: readonly LiftedPicture[]) => Promise<readonly Float32Array[]>;

/**
 * Compares one network that brightens and cleans at once with a correction and a restoration after it. The pictures are those of
 * `evaluateRestoration`, before the lift.
 */
export async function compareJoint(question: JointQuestion): Promise<JointScore[]> {
  const scores: JointScore[] = [];
  for (const ev of question.evs) {
    const pictures = await liftPhotographs(question.keptBack, { ev, seed: question.seed, isNoisy: true });
    for (const [method, brighten] of Object.entries(methodsOf(question))) {
      scores.push(scoreOf({ method, ev }, pictures, await brighten(pictures)));
    }
  }
  return scores;
}

function methodsOf({ joint, predictor, cleaner }: JointQuestion): Readonly<Record<string, Method>> {
  const clean: Method = (pictures) => cleaner.clean(pictures, cleaner.strengths[0]!);
  const predicted = (picture: LiftedPicture): LiftedPicture => {
    const size = proxySize(predictor.contract, picture.original);
    const correction = predictor.predict(buildProxy(fromFloats(picture.original), size));
    const lifted = applyToProxy(correction, DEFAULT_ADJUSTMENT, picture.original);
    return { ...picture, correction, lifted: { ...picture.original, pixels: lifted.pixels } };
  };
  return {
    'as they are': (pictures) => Promise.resolve(pictures.map(({ original }) => original.pixels)),
    joint: (pictures) => Promise.resolve(pictures.map(({ original }) => runTfjs(joint, original))),
    'auto-gamma': (pictures) =>
      Promise.resolve(pictures.map(({ original: { pixels } }) => autoGamma(Uint8Array.from(pixels, (v) => 255 * v)))),
    exposure: (pictures) => Promise.resolve(pictures.map((picture) => predicted(picture).lifted.pixels)),
    'exposure + restoration': (pictures) => clean(pictures.map(predicted)),
    'the true lift + restoration': clean,
  };
}

function scoreOf(
  of: Pick<JointScore, 'method' | 'ev'>,
  pictures: readonly LiftedPicture[],
  results: readonly Float32Array[],
): JointScore {
  const shown = results.map((pixels) => codesOf(pixels));
  const goals = pictures.map(({ photograph }) => photograph);
  return {
    ...{ ...of, images: pictures.length },
    psnr: mean(shown.map((pixels, i) => psnr(pixels, goals[i]!.pixels))),
    ssim: mean(shown.map((pixels, i) => ssim(pixels, goals[i]!.pixels, goals[i]!.width, goals[i]!.height))),
    matchedPsnr: mean(shown.map((pixels, i) => psnr(matched(pixels, goals[i]!.pixels), goals[i]!.pixels))),
  };
}

/** The values times the factor with the least square error. */
export function matched(pixels: Float32Array, goal: Float32Array): Float32Array {
  let [product, square] = [0, 1e-9];
  for (const [i, value] of pixels.entries()) {
    product += value * goal[i]!;
    square += value * value;
  }
  return pixels.map((value) => Math.min(1, (product / square) * value));
}

/** Scores for people, in columns. */
export function jointTable(scores: readonly JointScore[]): string {
  const lines = ['from dark and noisy to the well-exposed photograph    PSNR (dB)   SSIM   brightness matched (dB)'];
  for (const { method, ev, images, psnr, ssim, matchedPsnr } of scores) {
    const name = `${ev} EV (${images}), ${method}`.padEnd(48);
    lines.push(`  ${name} ${psnr.toFixed(2).padStart(10)} ${ssim.toFixed(4).padStart(8)} ${matchedPsnr.toFixed(2)}`);
  }
  return lines.join('\n');
}
