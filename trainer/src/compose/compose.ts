import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import { blackAndWhite } from './black-and-white.ts';
import type { Composition, ExposurePair } from './composition.ts';
import { addFrame, drawFrame } from './frame.ts';
import { night, NIGHT_SCENES } from './night.ts';
import { drawGround, drawWhiteGround, placeOnGround } from './object-on-ground.ts';
import { page } from './page.ts';
import { plain } from './plain.ts';
import { resizeMask, resizePicture } from './resize-picture.ts';
import { fog, snow } from './weather.ts';

/** Everything that can be composed. */
export const COMPOSITIONS = [
  'frame',
  'object',
  'object-on-white',
  'page',
  'night',
  'plain',
  'black-and-white',
  'fog',
  'snow',
] as const;
export type CompositionKind = (typeof COMPOSITIONS)[number];

/**
 * Composes a picture of the given kind, at the size of `pair`. `frame`, `object`, `object-on-white`, `black-and-white` and `fog`
 * put the pair's input and target into the same surround; where the surround is badly exposed too, give a pair whose input is
 * its target and degrade the composition's input. `page` uses the target as a photograph. `page`, `night`, `plain` and `snow` need no
 * change: their input is their target. The result depends on `pair` and `random` alone, and shares no memory with `pair`.
 */
export function compose(kind: CompositionKind, pair: ExposurePair, random: Random): Composition {
  const { width, height } = pair.target;
  return fitted(composeFreely(kind, pair, random), { width, height });
}

function composeFreely(kind: CompositionKind, pair: ExposurePair, random: Random): Composition {
  const { width, height } = pair.target;
  const size = { width, height };
  switch (kind) {
    case 'frame':
      return addFrame(pair, drawFrame(random), random);
    case 'object':
      return placeOnGround(pair, drawGround(random), random);
    case 'object-on-white':
      return placeOnGround(pair, drawWhiteGround(random), random);
    case 'page':
      return page(size, [pair.target], random);
    case 'night':
      return night(size, NIGHT_SCENES[random.integer(NIGHT_SCENES.length)]!, random);
    case 'plain':
      return plain(size, random.chance(0.5) ? 'black' : 'white', random);
    case 'black-and-white':
      return blackAndWhite(pair);
    case 'fog':
      return fog(pair, random);
    case 'snow':
      return snow(size, random);
  }
}

/** A composition squashed to a size, as the network sees pictures of any shape. */
function fitted(composition: Composition, size: { width: number; height: number }): Composition {
  const from = composition.target;
  if (from.width === size.width && from.height === size.height) return composition;
  const fit = (picture: TrainingPicture): TrainingPicture => resizePicture(picture, size);
  return {
    input: fit(composition.input),
    target: fit(composition.target),
    mask: resizeMask(composition.mask, from, size),
  };
}
