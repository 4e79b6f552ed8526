import path from 'node:path';
import { meanDeltaE2000, psnr } from '@evenlight/models';
import sharp from 'sharp';
import type { SplitScene } from '../dataset/scene.ts';
import { createOperation } from '../degrade/operations.ts';
import type { TrainingPicture } from '../degrade/training-picture.ts';
import { Random } from '../random.ts';
import type { PairRecipe, RunFile } from '../run-file.ts';
import { csvText } from '../csv-text.ts';
import { writeWholeFile } from '@evenlight/runtime';
import { type DecodedPicture, readPicture, toFloat } from './picture-file.ts';
import type { NetworkPredictor } from './network-predictor.ts';
import { correct } from './score.ts';

/** Added to the seed: pairs for prediction differ from those of training, validation and sweeps. */
const PREDICT_SEED_OFFSET = 15_485_863;

export const PICTURE_FORMATS = ['png', 'jpeg'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

export interface PredictSplitRequest {
  readonly scenes: readonly SplitScene[];
  /** Degrades photographs as this run file says; without it they are predicted on as they are. */
  readonly run: RunFile | undefined;
  readonly outFolder: string;
  readonly format: PictureFormat;
  readonly onProgress: (done: number, total: number) => void;
}

/** What was written for one scene; nearness is to the target, undefined without one. */
export interface ScenePrediction {
  readonly name: string;
  readonly file: string;
  readonly set: string;
  /** Mean ΔE2000 of what the model changed. */
  readonly change: number;
  readonly before?: { readonly psnr: number; readonly deltaE: number };
  readonly after?: { readonly psnr: number; readonly deltaE: number };
}

/**
 * Predicts on scenes and writes the pictures, `<number>-<name>-before`, `-after` and, where there is one, `-target`, and
 * `predictions.csv`. Every file appears completely or not at all.
 *
 * @throws TrainerError `BAD_IMAGE`, `NO_SPACE`
 */
export async function predictSplit(
  predictor: NetworkPredictor,
  request: PredictSplitRequest,
): Promise<ScenePrediction[]> {
  const predictions: ScenePrediction[] = [];
  for (const [index, scene] of request.scenes.entries()) {
    const { before, target } = await picturesOf(scene, request.run, index);
    const after = await correct(predictor, before);
    const name = `${String(index + 1).padStart(4, '0')}-${path.parse(scene.file).name}`;
    for (const [role, picture] of Object.entries({ before, after, target })) {
      if (picture !== undefined) await writePicture(request, `${name}-${role}`, picture);
    }
    predictions.push({ name, file: scene.file, set: scene.set, ...measure(before, after, target) });
    request.onProgress(index + 1, request.scenes.length);
  }
  await writing(request.outFolder, 'predictions.csv', () => Promise.resolve(Buffer.from(csvOf(predictions))));
  return predictions;
}

interface ScenePictures {
  readonly before: DecodedPicture;
  readonly target: DecodedPicture | undefined;
}

async function picturesOf(scene: SplitScene, run: RunFile | undefined, index: number): Promise<ScenePictures> {
  const good = await readPicture(scene.file);
  if (scene.kind === 'paired') return { before: await readPicture(scene.input), target: good };
  if (run === undefined) return { before: good, target: undefined };
  const random = Random.for(run.seed + PREDICT_SEED_OFFSET, index);
  const recipe = pickRecipe(run, scene.kind, random);
  if (recipe === undefined) return { before: good, target: undefined };
  const picture: TrainingPicture = { width: good.width, height: good.height, pixels: toFloat(good) };
  for (const operation of recipe.target.map(createOperation)) await operation(picture, random);
  const target = withPixels(good, picture);
  for (const operation of recipe.input.map(createOperation)) await operation(picture, random);
  return { before: withPixels(good, picture), target };
}

/** Draws, by share, one of the recipes that degrade pictures of a kind; undefined when there is none. */
function pickRecipe(run: RunFile, kind: PairRecipe['source'], random: Random): PairRecipe | undefined {
  const recipes = run.pairs.filter(({ source, input }) => source === kind && input.length > 0);
  let place = random.uniform(
    0,
    recipes.reduce((sum, { share }) => sum + share, 0),
  );
  return recipes.find(({ share }) => (place -= share) < 0);
}

function withPixels(good: DecodedPicture, { pixels }: TrainingPicture): DecodedPicture {
  return { ...good, pixels: Uint8Array.from(pixels, (value) => Math.round(255 * value)) };
}

function measure(
  before: DecodedPicture,
  after: DecodedPicture,
  target: DecodedPicture | undefined,
): Pick<ScenePrediction, 'change' | 'before' | 'after'> {
  const [left, right] = [toFloat(before), toFloat(after)];
  const change = meanDeltaE2000(left, right);
  if (target === undefined) return { change };
  const goal = toFloat(target);
  const near = (pixels: Float32Array) => ({ psnr: psnr(pixels, goal), deltaE: meanDeltaE2000(pixels, goal) });
  return { change, before: near(left), after: near(right) };
}

async function writePicture(
  { outFolder, format }: PredictSplitRequest,
  name: string,
  { width, height, pixels }: DecodedPicture,
): Promise<void> {
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } });
  const encode = (): Promise<Buffer> =>
    format === 'png' ? picture.png().toBuffer() : picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  await writing(outFolder, `${name}.${format === 'png' ? 'png' : 'jpg'}`, encode);
}

async function writing(folder: string, name: string, content: () => Promise<Buffer>): Promise<void> {
  await writeWholeFile(path.join(folder, name), [await content()]);
}

function csvOf(predictions: readonly ScenePrediction[]): string {
  const scores = ['before_psnr', 'after_psnr', 'before_delta_e', 'after_delta_e', 'change_delta_e'];
  const text = (value: number | undefined): string => value?.toFixed(3) ?? '';
  const rows = predictions.map(({ name, set, before, after, change, file }) => {
    const values = [before?.psnr, after?.psnr, before?.deltaE, after?.deltaE, change];
    return [name, set, ...values.map(text), file];
  });
  return csvText([['name', 'set', ...scores, 'file'], ...rows]);
}
