import {
  addResidual,
  DEFAULT_ADJUSTMENT,
  judgeRestoration,
  keepVisible,
  liftedNoise,
  restorationInput,
} from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { runTfjs } from '../../export/parity.ts';
import { fromFloats } from '../picture-file.ts';
import type { Cleaner } from './cleaner.ts';
import type { CorrectedPicture } from './lifted-picture.ts';

/** What a network does to whole pictures. */
export interface NetworkCleaners {
  /** As products do it with the amount `auto`: pictures whose noise would be seen, and of these the places where it would be. */
  readonly automatic: Cleaner;
  /** Everything that the network answers, at every place. */
  readonly everywhere: Cleaner;
}

/** A network of the kind `restoration`. It is run once for each picture. */
export function networkCleaners(name: string, model: LayersModel): NetworkCleaners {
  const answers = new WeakMap<CorrectedPicture, { input: Float32Array; residual: Float32Array }>();
  const answerTo = (picture: CorrectedPicture) => {
    let answer = answers.get(picture);
    if (!answer) {
      const input = restorationInput(picture.original, picture.lifted);
      answer = { input, residual: runTfjs(model, { ...picture.lifted, pixels: input }) };
      answers.set(picture, answer);
    }
    return answer;
  };
  return {
    everywhere: cleanerOf(`${name}, everywhere`, (picture) => {
      const { input, residual } = answerTo(picture);
      return Promise.resolve(withResidual(picture, input, residual));
    }),
    automatic: cleanerOf(`${name}, automatic`, async (picture) => {
      const amounts = await judgeRestoration('auto', () => Promise.resolve(noiseOf(picture)));
      if (amounts === undefined) return picture.lifted.pixels;
      const { input, residual } = answerTo(picture);
      const seen = residual.slice();
      keepVisible(seen, picture.lifted);
      return withResidual(picture, input, seen);
    }),
  };
}

function cleanerOf(name: string, clean: (picture: CorrectedPicture) => Promise<Float32Array>): Cleaner {
  return { name, strengths: [1], clean: (pictures) => Promise.all(pictures.map(clean)) };
}

function withResidual({ lifted }: CorrectedPicture, input: Float32Array, residual: Float32Array): Float32Array {
  const pixels = lifted.pixels.slice();
  addResidual(pixels, input, residual);
  return pixels;
}

/** See `liftedNoise`. */
function noiseOf({ original, correction }: CorrectedPicture): number {
  return liftedNoise(fromFloats(original), correction, DEFAULT_ADJUSTMENT);
}
