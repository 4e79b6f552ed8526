import type { ExposurePair } from '../../compose/composition.ts';
import { loadPhoto } from '../../dataset/picture-store.ts';
import { createOperation, operationSchema } from '../../degrade/operations.ts';
import { copyPicture, type TrainingPicture } from '../../degrade/training-picture.ts';
import type { Random } from '../../random.ts';

/** Long side of the photographs in composed pictures. */
const SIDE = 480;

export type Exposure = 'well' | 'under' | 'over';

const [UNDER, OVER] = [
  { ev: [-3, -1.2], sigma: [0.05, 0.4] },
  { ev: [1, 2], sigma: [0.05, 0.4], expand: { chance: 1, keep: [0.2, 0.6] } },
].map((ranges) => createOperation(operationSchema.parse({ op: 'camera', ...ranges })));

/** A photograph, encoded 0..1, at the size of composed pictures. */
export async function openForComposing(file: string): Promise<TrainingPicture> {
  const { width, height, pixels } = await loadPhoto(file, SIDE);
  return { width, height, pixels: Float32Array.from(pixels, (code) => code / 255) };
}

/** A photograph, and the same badly exposed. */
export async function exposed(file: string, exposure: Exposure, random: Random): Promise<ExposurePair> {
  const target = await openForComposing(file);
  return { input: exposure === 'well' ? target : await expose(target, exposure, random), target };
}

/** Another exposure of a picture. */
export async function expose(picture: TrainingPicture, exposure: Exposure, random: Random): Promise<TrainingPicture> {
  const copy = copyPicture(picture);
  if (exposure !== 'well') await (exposure === 'under' ? UNDER! : OVER!)(copy, random);
  return copy;
}
