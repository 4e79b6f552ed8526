import type { Correction } from '@evenlight/models';
import path from 'node:path';
import { loadPhoto } from '../../dataset/picture-store.ts';
import { drawLift } from '../../degrade/lift.ts';
import { createOperation, type OperationSpec } from '../../degrade/operations.ts';
import { copyPicture, type TrainingPicture } from '../../degrade/training-picture.ts';
import { cutPicture } from '../../pipeline/cut.ts';
import { Random } from '../../random.ts';

/** A dark picture and what a correction made of it; pixels encoded, 0..1. */
export interface CorrectedPicture {
  readonly name: string;
  /** Before the lift. */
  readonly original: TrainingPicture;
  readonly lifted: TrainingPicture;
  readonly correction: Correction;
}

/** A photograph that was under-exposed, degraded and lifted, and the same without the degradation. */
export interface LiftedPicture extends CorrectedPicture {
  readonly ev: number;
  readonly target: TrainingPicture;
  /** The photograph as it was, well exposed. */
  readonly photograph: TrainingPicture;
}

/** Side of the crops, in pixels of the photograph. */
const SIDE = 256;

/** A camera in the dark: what training draws, without its extremes. */
const NOISY: readonly OperationSpec[] = [
  { op: 'sensor-noise', shot: [0.008, 0.03], read: [0.0005, 0.002], mosaic: 0.7 },
  { op: 'quantise', bits: 8, chance: 1 },
  { op: 'jpeg', chance: 0.75, quality: [75, 96], anyPhase: true },
];

/** Makes a lifted picture of the middle of each photograph; a picture follows from its place in the list, `ev` and the seed. */
export async function liftPhotographs(
  files: readonly string[],
  { ev, seed, isNoisy }: { readonly ev: number; readonly seed: number; readonly isNoisy: boolean },
): Promise<LiftedPicture[]> {
  const operations = (isNoisy ? NOISY : []).map(createOperation);
  const pictures: LiftedPicture[] = [];
  for (const [index, file] of files.entries()) {
    const random = Random.for(seed, index);
    const lift = drawLift(
      { ev: [ev, ev], back: [1, 1], local: ev === 0 ? 0 : 0.5, n: [0.6, 1.2], sigma: [0.06, 1] },
      random,
    );
    const photograph = await middleOf(file);
    const dark = lift.darken(photograph);
    const original = copyPicture(dark);
    for (const operation of operations) await operation(original, random);
    pictures.push({
      name: path.basename(file),
      ev,
      original,
      lifted: lift.correct(original),
      target: lift.correct(dark),
      correction: lift.correction,
      photograph,
    });
  }
  return pictures;
}

async function middleOf(file: string): Promise<TrainingPicture> {
  const photo = await loadPhoto(file, 1024);
  const side = Math.min(SIDE, photo.width, photo.height) & ~7;
  const [left, top] = [(photo.width - side) >> 1, (photo.height - side) >> 1];
  return cutPicture(photo, { left, top, width: side, height: side, isMirrored: false }, side);
}
