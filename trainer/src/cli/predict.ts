import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { readDataset, readDatasets } from '../dataset/read-dataset.ts';
import { TrainerError } from '../errors.ts';
import {
  PICTURE_FORMATS,
  type PictureFormat,
  type ScenePrediction,
  predictSplit,
} from '../evaluation/predict-split.ts';
import { loadPredictor, type NetworkPredictor } from '../evaluation/network-predictor.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { readCheckpoint } from '../training/checkpoint.ts';
import { checkpointIn, openCheckpoint, readRunOf, runFileOf } from './open-model.ts';
import { ProgressBar } from './progress-bar.ts';
import { runCommand } from './run-command.ts';

interface PredictCommandOptions {
  readonly data?: string[];
  readonly checkpoint?: string;
  readonly models: string;
  readonly out?: string;
  readonly format: PictureFormat;
  readonly degrade: boolean;
}

const command = new Command('predict')
  .description('Predicts on the photographs of the predict split, which no training sees, and writes before and after')
  .argument('<run-or-model>', 'a run file (*.json), whose checkpoint is used, or the name of a shipped model')
  .option('--data <data...>', 'the data sets it was trained on (default: those that the checkpoint names)')
  .option('--checkpoint <file>', 'of a run file; default: trainer/out/<name>/best.ckpt, else last.ckpt')
  .option('--models <folder>', 'folder of models', 'models')
  .option('--out <folder>', 'where pictures go (default: trainer/out/<name>/predictions)')
  .addOption(new Option('--format <format>', 'of the pictures').choices(PICTURE_FORMATS).default('png'))
  .option('--no-degrade', 'predict on the photographs as they are, not as the run file degrades them')
  .action(async (name: string, options: PredictCommandOptions) => {
    const isRun = name.endsWith('.json');
    const run = isRun ? await readRunFile(name) : await runOfModel(name);
    const outFolder = options.out ?? path.join('trainer', 'out', run.name, 'predictions');
    const checkpoint = isRun ? (options.checkpoint ?? checkpointIn(path.join('trainer', 'out', run.name))) : undefined;
    const data = options.data ?? (await dataOf(checkpoint));
    const { origin, scenes } = await readDatasets(data, run.seed);
    for (const folder of data) await refuseOutputsAmongInputs(outFolder, (await readDataset(folder, run.seed)).origin);
    const kept = scenes.filter(({ split, kind }) => split === 'predict' && kind !== 'panorama');
    if (kept.length === 0) throw new TrainerError('BAD_DATASET', `${origin}: no photographs in the predict split`);
    await useNativeTensorflow();
    const predictor: NetworkPredictor =
      checkpoint === undefined ? await loadPredictor(options.models, name) : await openCheckpoint(run, checkpoint);
    const bar = new ProgressBar('predicting');
    const predictions = await predictSplit(predictor, {
      scenes: kept,
      run: options.degrade ? run : undefined,
      outFolder,
      format: options.format,
      onProgress: bar.update,
    }).finally(() => {
      bar.stop();
      predictor.dispose();
    });
    console.log(`${outFolder}: ${summary(predictions)}`);
  });

/** The data sets that a checkpoint says it was trained on. */
async function dataOf(checkpoint: string | undefined): Promise<string[]> {
  const made = checkpoint === undefined ? undefined : (await readCheckpoint(checkpoint)).header.made;
  if (made) return made.data.named;
  throw new TrainerError('BAD_OPTION', 'it is unknown which data set it was trained on; name it with --data');
}

/** The seed of a shipped model's run file tells which photographs it never saw. */
async function runOfModel(model: string): Promise<RunFile> {
  const run = await readRunOf(model);
  if (run) return run;
  const missing = `there is no ${runFileOf(model)}, so it is unknown which photographs '${model}' was not trained on`;
  throw new TrainerError('BAD_RUN_FILE', `${missing}; name a run file`);
}

/** Pictures in the data set's folder would be photographs of the next training. */
async function refuseOutputsAmongInputs(outFolder: string, origin: string): Promise<void> {
  const folder = (await stat(origin)).isDirectory() ? origin : path.dirname(origin);
  const way = path.relative(path.resolve(folder), path.resolve(outFolder));
  if (way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way)) return;
  throw new TrainerError('BAD_OPTION', `--out ${outFolder} lies in the data set ${folder}; choose another folder`);
}

function summary(predictions: readonly ScenePrediction[]): string {
  const scored = predictions.filter(({ before, after }) => before !== undefined && after !== undefined);
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
  const count = `${predictions.length} photographs`;
  const change = `mean change ΔE2000 ${mean(predictions.map((one) => one.change))}`;
  if (scored.length === 0) return `${count}, ${change}`;
  const [before, after] = [mean(scored.map((one) => one.before!.psnr)), mean(scored.map((one) => one.after!.psnr))];
  return `${count}, ${change}; mean PSNR before ${before} dB, after ${after} dB`;
}

await runCommand(command);
