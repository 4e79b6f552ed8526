import { lumaAt } from '@evenlight/models';
import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Composition, ExposurePair } from './composition.ts';

/** Both pictures of a pair without colour: every channel is the Rec. 709 luma. */
export function blackAndWhite({ input, target }: ExposurePair): Composition {
  const mask = new Float32Array(target.width * target.height).fill(1);
  return { input: withoutColor(input), target: withoutColor(target), mask };
}

function withoutColor({ width, height, pixels }: TrainingPicture): TrainingPicture {
  const out = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    out.fill(lumaAt(pixels, i), i, i + 3);
  }
  return { width, height, pixels: out };
}
