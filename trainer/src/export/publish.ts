import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildProxy, type ModelContract, type ProxyImage, proxySize, messageOf } from '@evenlight/models';
import * as z from 'zod/mini';
import { readDatasets } from '../dataset/read-dataset.ts';
import type { TrainingData } from '../dataset/training-data.ts';
import { TrainerError } from '../errors.ts';
import { readPicture } from '../evaluation/picture-file.ts';
import { describeTrainingData } from '../pipeline/sources.ts';
import type { RunFile } from '../run-file.ts';
import type { CheckpointHeader } from '../training/checkpoint.ts';
import { runDigest } from '../training/train.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';
import { draftContract } from './draft-contract.ts';
import { exportModel, type ExportReport } from './export-model.ts';
import { plainWords, wordsSchema } from './card-words.ts';

const intervalSchema = z.object({ mean: z.number() });
const methodSchema = z.object({ psnr: intervalSchema, ssim: intervalSchema, deltaE: intervalSchema });

/** The part of `npm run evaluate -- --json` that the contract repeats. */
const evaluationSchema = z.object({
  sets: z.array(
    z.object({
      set: z.string(),
      images: z.int(),
      model: methodSchema,
      identity: methodSchema,
      autoGamma: methodSchema,
    }),
  ),
  leaveAloneMean: z.optional(z.number()),
  keep: z._default(
    z.array(
      z.object({
        kind: z.string(),
        isWellExposed: z.boolean(),
        images: z.int(),
        deltaE: intervalSchema,
        changed: z.number(),
        codes: z.number(),
      }),
    ),
    [],
  ),
  white: z.optional(z.number()),
});

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

/** How many kept-back photographs the parity of the exported files is checked on. */
const REAL_INPUTS = 4;

/**
 * Exports a checkpoint of a run as `<modelsFolder>/<name>` with its card, contract and scores.
 *
 * @throws TrainerError `BAD_OPTION` when neither the checkpoint nor the request says what it was trained on
 */
export async function publish(request: PublishRequest): Promise<ExportReport> {
  const { run } = request;
  const scores = request.evaluationFile ? await parseFile(request.evaluationFile, evaluationSchema) : undefined;
  const { model, guide, header } = await loadTrainedNetwork(run, request.checkpoint);
  const data = await dataOf(request, header);
  const words = request.wordsFile ? await parseFile(request.wordsFile, wordsSchema) : plainWords(run, header, data);
  const draft = draftContract(run, guide);
  const { version, title, licence, summary, limits } = words;
  return exportModel(model, {
    folder: path.join(request.modelsFolder, run.name),
    contract: {
      ...draft,
      version,
      title,
      licence,
      trained: {
        runFileSha256: runDigest(run),
        steps: header.step,
        leaveAloneDeltaE: scores?.leaveAloneMean,
        white: scores?.white,
      },
      ...(scores && { scores: scores.sets.map(contractScore), measured: measured() }),
    },
    card: {
      summary,
      limits,
      training: words.training.join('\n\n'),
      data: words.data.join('\n\n'),
      ...(scores && { keep: scores.keep }),
      attribution: data.pictures,
    },
    realInputs: await realInputs(draft, data.named, run.seed),
  });
}

async function dataOf({ run, data, checkpoint }: PublishRequest, header: CheckpointHeader): Promise<TrainingData> {
  if (data !== undefined) return describeTrainingData(data, run);
  if (header.made) return header.made.data;
  throw new TrainerError('BAD_OPTION', `${checkpoint} does not say what it was trained on; name it with --data`);
}

/** Photographs that were kept back, as the network sees them; none where the data set is no longer there. */
async function realInputs(contract: ModelContract, data: readonly string[], seed: number): Promise<ProxyImage[]> {
  const dataset = await readDatasets(data, seed).catch((error: unknown) => {
    if (error instanceof TrainerError) return undefined;
    throw error;
  });
  const scenes = dataset?.scenes.filter(({ kind, split }) => kind !== 'panorama' && split !== 'train') ?? [];
  const files = scenes.slice(0, REAL_INPUTS).map((scene) => (scene.kind === 'paired' ? scene.input : scene.file));
  const pictures = await Promise.all(files.map((file) => readPicture(file)));
  return pictures.map((picture) => buildProxy(picture, proxySize(contract, picture)));
}

function contractScore({ set, images, model, identity, autoGamma }: z.infer<typeof evaluationSchema>['sets'][number]) {
  const round = (value: number): number => Number(value.toFixed(4));
  return {
    set,
    images,
    psnr: round(model.psnr.mean),
    ssim: round(model.ssim.mean),
    deltaE: round(model.deltaE.mean),
    identityPsnr: round(identity.psnr.mean),
    autoGammaPsnr: round(autoGamma.psnr.mean),
  };
}

function measured(): { date: string; machine: string } {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${String(os.cpus().length)} × ${cpu?.model.trim() ?? os.arch()}`,
  };
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
