import path from 'node:path';
import * as z from 'zod/mini';
import type { SplitScene } from './scene.ts';

/** What a model was trained on, as its checkpoints remember it. */
export const trainingDataSchema = z.strictObject({
  /** The data sets as the command line named them. */
  named: z.array(z.string()),
  pictures: z.array(z.strictObject({ file: z.string(), author: z.string(), licence: z.string(), source: z.string() })),
});

export type TrainingData = z.infer<typeof trainingDataSchema>;

/** The pictures of the train split, each once: good pictures, targets and inputs of pairs. */
export function trainingData(named: readonly string[], scenes: readonly SplitScene[]): TrainingData {
  const pictures = new Map<string, TrainingData['pictures'][number]>();
  for (const scene of scenes.filter(({ split }) => split === 'train')) {
    const { set, licence, author = '', source = '' } = scene;
    for (const file of scene.kind === 'paired' ? [scene.input, scene.file] : [scene.file]) {
      pictures.set(file, { file: `${set}/${path.basename(file)}`, author, licence, source });
    }
  }
  return { named: [...named], pictures: [...pictures.values()] };
}

/** The data of several models together. */
export function joinTrainingData(parts: readonly TrainingData[]): TrainingData {
  const pictures = new Map(parts.flatMap((part) => part.pictures.map((picture) => [JSON.stringify(picture), picture])));
  return { named: [...new Set(parts.flatMap(({ named }) => named))], pictures: [...pictures.values()] };
}
