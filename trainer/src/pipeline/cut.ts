import { enlargeBox } from '@evenlight/models';
import type { StoredPhoto } from '../dataset/picture-store.ts';
import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import type { PairRecipe, RunFile } from '../run-file.ts';
import { areaResample, type Rectangle } from './area-resample.ts';

/** A part of a photograph, mirrored or not. */
export interface Cut extends Rectangle {
  readonly isMirrored: boolean;
}

/** A photograph and the part of it that is used. */
export interface PhotoCut {
  readonly photo: StoredPhoto;
  readonly cut: Cut;
}

/** A random square (or, with chance `crop.whole`, the whole picture), mirrored half of the time. */
export function randomCut(photo: StoredPhoto, crop: RunFile['crop'], random: Random): Cut {
  const whole = random.chance(crop.whole);
  const side = randomSide(Math.min(photo.width, photo.height), crop, random);
  const width = whole ? photo.width : side;
  const height = whole ? photo.height : side;
  const left = random.integer(photo.width - width + 1);
  const top = random.integer(photo.height - height + 1);
  return { left, top, width, height, isMirrored: random.chance(0.5) };
}

function randomSide(shortSide: number, { side, pixels }: RunFile['crop'], random: Random): number {
  if (!pixels) return Math.round(random.uniform(side[0], side[1]) * shortSide);
  const wanted = random.chance(pixels.native) ? pixels.side[0] : random.uniform(pixels.side[0], pixels.side[1]);
  return Math.min(shortSide, Math.round(wanted));
}

/** The same part of a picture of another size. */
export function scaledCut(cut: Cut, from: StoredPhoto, to: StoredPhoto): Cut {
  const [x, y] = [to.width / from.width, to.height / from.height];
  const width = Math.max(1, Math.round(cut.width * x));
  const height = Math.max(1, Math.round(cut.height * y));
  const left = Math.min(to.width - width, Math.round(cut.left * x));
  const top = Math.min(to.height - height, Math.round(cut.top * y));
  return { left, top, width, height, isMirrored: cut.isMirrored };
}

/** How many parts are drawn before the nearest of them is taken. */
const DRAWS = 60;

/**
 * Draws parts of photographs until one is as bright, and as little clipped, as `part` asks. The exposure of a photograph is right for the
 * whole scene, so its bright and dark corners are examples of pictures that are bright or dark on purpose.
 *
 * @returns the part that comes nearest, if none of {@link DRAWS} is within the limits
 */
export function searchCut(draw: () => PhotoCut, part: NonNullable<PairRecipe['part']>): PhotoCut {
  let best: PhotoCut | undefined;
  let least = Infinity;
  for (let i = 0; i < DRAWS && least > 0; i++) {
    const drawn = draw();
    const distance = distanceFrom(part, drawn);
    if (distance < least || best === undefined) [best, least] = [drawn, distance];
  }
  return best!;
}

/** Encoded values from here on count as clipped. */
const CLIPPED = 252;
/** A part is judged by this many pixels along each side. */
const SAMPLES = 16;

/** By how much the mean of a part, and its share of clipped values, miss what is asked, 0 within the limits. */
function distanceFrom(
  { mean: [low, high], maxClipped }: NonNullable<PairRecipe['part']>,
  { photo, cut }: PhotoCut,
): number {
  let sum = 0;
  let clipped = 0;
  for (let y = 0; y < SAMPLES; y++) {
    const row = (cut.top + Math.floor(((y + 0.5) * cut.height) / SAMPLES)) * photo.width;
    for (let x = 0; x < SAMPLES; x++) {
      const at = (row + cut.left + Math.floor(((x + 0.5) * cut.width) / SAMPLES)) * 3;
      for (let c = at; c < at + 3; c++) {
        sum += photo.pixels[c]!;
        if (photo.pixels[c]! >= CLIPPED) clipped++;
      }
    }
  }
  const values = SAMPLES * SAMPLES * 3;
  const mean = sum / values / 255;
  return Math.max(0, low - mean, mean - high) + Math.max(0, clipped / values - maxClipped);
}

/** A part of a photograph, squashed to `size`×`size`. With a smaller `detail` it is as soft as if it had been enlarged from that side. */
export function cutPicture(photo: StoredPhoto, cut: Cut, size: number, detail = size): TrainingPicture {
  const pixels = areaResample(photo, cut, detail);
  if (cut.isMirrored) mirror(pixels, detail);
  const picture = { width: detail, height: detail, pixels };
  if (detail === size) return picture;
  const { pixels: soft } = enlargeBox(picture, { left: 0, top: 0, ...picture }, { width: size, height: size });
  return { width: size, height: size, pixels: soft };
}

/** The side in pixels that the detail of a picture of this size is reduced to: most often its own. */
export function randomDetail(size: number, { soft }: RunFile['crop'], random: Random): number {
  return soft && random.chance(soft.chance) ? Math.round(size * random.uniform(...soft.share)) : size;
}

function mirror(pixels: Float32Array, size: number): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size >> 1; x++) {
      const left = (y * size + x) * 3;
      const right = (y * size + size - 1 - x) * 3;
      for (let c = 0; c < 3; c++) {
        const value = pixels[left + c]!;
        pixels[left + c] = pixels[right + c]!;
        pixels[right + c] = value;
      }
    }
  }
}
