import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildProxy, type ModelContract, type Proxy, proxySize } from '@evenlight/models';
import * as z from 'zod/mini';
import { type CollectionItem, readCollection } from '../dataset/collection.ts';
import { TrainerError } from '../errors.ts';
import { readPicture } from '../evaluation/picture-file.ts';
import type { RunFile } from '../run-file.ts';
import { runDigest } from '../training/train.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';
import { draftContract } from './draft-contract.ts';
import { exportModel, type ExportReport } from './export-model.ts';

/** The words of a model's card and contract, kept beside its run file as `<name>.card.json`. */
const wordsSchema = z.strictObject({
  version: z.string(),
  title: z.string(),
  licence: z.string(),
  summary: z.string(),
  limits: z.array(z.string()),
  training: z.array(z.string()),
  data: z.array(z.string()),
});

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
  leaveAloneMean: z.number(),
  white: z.optional(z.number()),
});

export interface PublishRequest {
  readonly run: RunFile;
  readonly checkpoint: string;
  readonly wordsFile: string;
  /** JSON printed by the evaluation of this checkpoint. */
  readonly evaluationFile?: string | undefined;
  readonly collection: string;
  readonly modelsFolder: string;
}

/** How many kept-back photographs the parity of the exported files is checked on. */
const REAL_INPUTS = 4;

/** Exports a checkpoint of a run as `<modelsFolder>/<name>` with its card, contract and scores. */
export async function publish(request: PublishRequest): Promise<ExportReport> {
  const { run } = request;
  const words = await parseFile(request.wordsFile, wordsSchema);
  const scores = request.evaluationFile ? await parseFile(request.evaluationFile, evaluationSchema) : undefined;
  const items = await readCollection(request.collection, run.seed);
  const { model, guide, header } = await loadTrainedNetwork(run, request.checkpoint);
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
      attribution: items.filter((item) => item.split === 'train' && isUsed(run, item)),
    },
    realInputs: await realInputs(draft, items),
  });
}

function isUsed(run: RunFile, { kind, eye }: CollectionItem): boolean {
  const sources = new Set(run.pairs.map((pair) => pair.source));
  if (kind === 'hdri') return eye === 'ok' && sources.has('panorama');
  return kind === 'photo' && sources.has(eye === 'ok' ? 'photo' : eye);
}

async function realInputs(contract: ModelContract, items: readonly CollectionItem[]): Promise<Proxy[]> {
  const kept = items.filter(({ kind, split }) => kind === 'photo' && split !== 'train').slice(0, REAL_INPUTS);
  const pictures = await Promise.all(kept.map((item) => readPicture(item.path)));
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
    throw new TrainerError('BAD_EXPORT', `${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
