import { addResidual, restorationInput } from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { runTfjs } from '../../export/parity.ts';
import type { Cleaner } from './cleaner.ts';

/** A network of the kind `restoration`, whole pictures at a time. */
export function networkCleaner(name: string, model: LayersModel): Cleaner {
  return {
    name,
    strengths: [1],
    clean: (pictures) =>
      Promise.resolve(
        pictures.map(({ original, lifted }) => {
          const input = restorationInput(original, lifted);
          const pixels = lifted.pixels.slice();
          addResidual(pixels, input, runTfjs(model, { ...lifted, pixels: input }));
          return pixels;
        }),
      ),
  };
}
