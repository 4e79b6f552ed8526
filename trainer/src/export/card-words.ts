import * as z from 'zod/mini';
import type { TrainingData } from '../dataset/training-data.ts';
import type { RunFile } from '../run-file.ts';
import type { CheckpointHeader } from '../training/checkpoint.ts';

/** The words of a model's card and contract, kept beside its run file as `<name>.card.json`. */
export const wordsSchema = z.strictObject({
  version: z.string(),
  title: z.string(),
  licence: z.string(),
  summary: z.string(),
  limits: z.array(z.string()),
  training: z.array(z.string()),
  data: z.array(z.string()),
});

export type CardWords = z.infer<typeof wordsSchema>;

/** The default words for a model without a card file: only the known facts. */
export function plainWords(
  run: RunFile,
  { step, made }: CheckpointHeader,
  { named, pictures }: TrainingData,
): CardWords {
  const licences = [...new Set(pictures.map(({ licence }) => licence))].sort().join(', ');
  const from =
    made?.from === undefined
      ? ''
      : ` It began from the weights of \`${made.from}\`; what those were trained on counts too.`;
  const { picture, gates = [] } = made?.teachers ?? {};
  const teachers = picture === undefined ? gates : [picture, ...gates];
  const taught =
    teachers.length === 0
      ? ''
      : ` It learned the answers of ${teachers.map((file) => `\`${file}\``).join(' and ')}; what those were trained on counts too.`;
  const sources = run.pairs.map(({ source, share }) => `${source} ${share}`).join(', ');
  return {
    version: '0.1.0',
    title: run.name,
    licence: 'not decided: the licences of the pictures below say what may be done with the weights',
    summary: `A model of your own, trained by the run file \`${run.name}\`.`,
    limits: ['It was measured on nothing but what the scores above say.'],
    training: [`${step} steps of ${run.training.batch} pairs (shares: ${sources}), seed ${run.seed}.${from}${taught}`],
    data: [`${pictures.length} pictures of ${named.join(', ')}; licences: ${licences || 'none stated'}.`],
  };
}
