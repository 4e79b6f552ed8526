import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildProxy, messageOf, proxySize, restorationInput, type Size } from '@evenlight/models';
import type * as z from 'zod/mini';
import { readDatasets } from '../dataset/read-dataset.ts';
import type { TrainingData } from '../dataset/training-data.ts';
import { TrainerError } from '../errors.ts';
import { readPicture } from '../evaluation/picture-file.ts';
import { describeTrainingData } from '../pipeline/sources.ts';
import type { RunFile } from '../run-file.ts';
import type { CheckpointHeader } from '../training/checkpoint.ts';
import { runDigest } from '../training/train.ts';
import { loadTrainedNetwork, type TrainedNetwork } from '../training/trained-network.ts';
import { contractScore, evaluationSchema, measured, restorationEvaluationSchema } from './contract-scores.ts';
import type { ExportedContract, NetworkInput } from './contract-shapes.ts';
import { draftContract, draftRestorationContract } from './draft-contract.ts';
import { exportModel, type ExportReport } from './export-model.ts';
import { plainWords, wordsSchema } from './card-words.ts';
import type { CardParts } from './model-card.ts';

export interface PublishRequest {
  readonly run: RunFile;
  readonly checkpoint: string;
  /** The words of the card; without them it says what is known of the run and its data alone. */
  readonly wordsFile?: string | undefined;
  /** JSON printed by the evaluation of this checkpoint. */
  readonly evaluationFile?: string | undefined;
  /** For checkpoints that do not say what they were trained on: the data sets. */
  readonly data?: readonly string[] | undefined;
  readonly modelsFolder: string;
}

/** The size of photographs that a network that restores is tested on: multiples of 32. */
const RESTORATION_TEST_SIZE: Size = { width: 192, height: 128 };
/** How many kept-back photographs the parity of the exported files is checked on. */
const REAL_INPUTS = 4;

/**
 * Exports a checkpoint of a run as `<modelsFolder>/<name>` with its card, contract and scores.
 *
 * @throws TrainerError `BAD_OPTION` when neither the checkpoint nor the request says what it was trained on
 */
export async function publish(request: PublishRequest): Promise<ExportReport> {
  const { run, checkpoint } = request;
  const { model, guide, header } = await loadTrainedNetwork(run, checkpoint);
  const data = await dataOf(request, header);
  const words = request.wordsFile ? await parseFile(request.wordsFile, wordsSchema) : plainWords(run, header, data);
  const { contract, keep } = await contractFor(request, guide);
  const { version, title, licence, summary, limits } = words;
  const trained = { runFileSha256: runDigest(run), steps: header.step, ...(contract.trained as object | undefined) };
  return exportModel(model, {
    folder: path.join(request.modelsFolder, run.name),
    contract: { ...contract, version, title, licence, trained },
    card: {
      summary,
      limits,
      training: words.training.join('\n\n'),
      data: words.data.join('\n\n'),
      ...(keep && { keep }),
      attribution: data.pictures,
    },
    realInputs: await realInputs(contract, data.named, run.seed),
  });
}

/** The contract of a run's network with the scores of the evaluation, if there is one, and what the card says beyond them. */
async function contractFor(
  { run, evaluationFile }: PublishRequest,
  guide: TrainedNetwork['guide'],
): Promise<{ contract: ExportedContract; keep?: CardParts['keep'] }> {
  if (run.network.type === 'restoration') {
    const draft = draftRestorationContract(run, run.network);
    if (evaluationFile === undefined) return { contract: draft };
    const { sets } = await parseFile(evaluationFile, restorationEvaluationSchema);
    return { contract: { ...draft, scores: sets, measured: measured() } };
  }
  const draft = draftContract(run, guide);
  if (evaluationFile === undefined) return { contract: draft };
  const { sets, keep, leaveAloneMean, white } = await parseFile(evaluationFile, evaluationSchema);
  const trained = { leaveAloneDeltaE: leaveAloneMean, white };
  return { contract: { ...draft, scores: sets.map(contractScore), measured: measured(), trained }, keep };
}

async function dataOf({ run, data, checkpoint }: PublishRequest, header: CheckpointHeader): Promise<TrainingData> {
  if (data !== undefined) return describeTrainingData(data, run);
  if (header.made) return header.made.data;
  throw new TrainerError('BAD_OPTION', `${checkpoint} does not say what it was trained on; name it with --data`);
}

/** Photographs that were kept back, as the network sees them; none where the data set is no longer there. */
async function realInputs(contract: ExportedContract, data: readonly string[], seed: number): Promise<NetworkInput[]> {
  const dataset = await readDatasets(data, seed).catch((error: unknown) => {
    if (error instanceof TrainerError) return undefined;
    throw error;
  });
  const scenes = dataset?.scenes.filter(({ kind, split }) => kind !== 'panorama' && split !== 'train') ?? [];
  const files = scenes.slice(0, REAL_INPUTS).map((scene) => (scene.kind === 'paired' ? scene.input : scene.file));
  const pictures = await Promise.all(files.map((file) => readPicture(file)));
  return pictures.map((picture) => {
    if (contract.kind !== 'restoration') return buildProxy(picture, proxySize(contract, picture));
    const lifted = buildProxy(picture, RESTORATION_TEST_SIZE);
    const dark = { ...lifted, pixels: lifted.pixels.map((value) => value / 4) };
    return { ...RESTORATION_TEST_SIZE, pixels: restorationInput(dark, lifted) };
  });
}

async function parseFile<T extends z.ZodMiniType>(file: string, schema: T): Promise<z.output<T>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new TrainerError('BAD_EXPORT', `${file}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
