import { stat } from 'node:fs/promises';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { readDataset } from '../dataset/read-dataset.ts';
import { TrainerError } from '../errors.ts';
import { type PictureFormat, type Prediction, predictSplit } from '../evaluation/predict-split.ts';
import { loadPredictor, type Predictor } from '../evaluation/predictor.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { openCheckpoint, readRunOf, runFileOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly data: string;
  readonly checkpoint?: string;
  readonly models: string;
  readonly out?: string;
  readonly format: PictureFormat;
  readonly degrade: boolean;
}

const command = new Command('predict')
  .description('Predicts on the photographs of the predict split, which no training sees, and writes before and after')
  .argument('<run-or-model>', 'a run file (*.json), whose checkpoint is used, or the name of a shipped model')
  .option('--data <data set>', 'the data set it was trained on', '../shared/data/train')
  .option('--checkpoint <file>', 'of a run file; default: trainer/out/<name>/last.ckpt')
  .option('--models <folder>', 'folder of models', 'models')
  .option('--out <folder>', 'where pictures go (default: trainer/out/<name>/predictions)')
  .addOption(new Option('--format <format>', 'of the pictures').choices(['png', 'jpeg']).default('png'))
  .option('--no-degrade', 'predict on the photographs as they are, not as the run file degrades them')
  .action(async (name: string, options: Options) => {
    const isRun = name.endsWith('.json');
    const run = isRun ? await readRunFile(name) : await runOfModel(name);
    const outFolder = options.out ?? path.join('trainer', 'out', run.name, 'predictions');
    const { origin, scenes } = await readDataset(options.data, run.seed);
    await refuseOutputsAmongInputs(outFolder, origin);
    const kept = scenes.filter(({ split, kind }) => split === 'predict' && kind !== 'panorama');
    if (kept.length === 0) throw new TrainerError('BAD_DATASET', `${origin}: no photographs in the predict split`);
    await useNativeTensorflow();
    const predictor: Predictor = isRun
      ? await openCheckpoint(run, options.checkpoint ?? path.join('trainer', 'out', run.name, 'last.ckpt'))
      : await loadPredictor(options.models, name);
    const bar = new SingleBar({ format: 'predicting {bar} {value}/{total}', clearOnComplete: true });
    if (process.stderr.isTTY) bar.start(kept.length, 0);
    const predictions = await predictSplit(predictor, {
      scenes: kept,
      run: options.degrade ? run : undefined,
      outFolder,
      format: options.format,
      onProgress: (done) => {
        bar.update(done);
      },
    }).finally(() => {
      bar.stop();
      predictor.dispose();
    });
    console.log(`${outFolder}: ${summary(predictions)}`);
  });

/** Which photographs a shipped model never saw follows from the seed of its run file. */
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

function summary(predictions: readonly Prediction[]): string {
  const scored = predictions.filter(({ before, after }) => before !== undefined && after !== undefined);
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
  const count = `${String(predictions.length)} photographs`;
  const change = `mean change ΔE2000 ${mean(predictions.map((one) => one.change))}`;
  if (scored.length === 0) return `${count}, ${change}`;
  const [before, after] = [mean(scored.map((one) => one.before!.psnr)), mean(scored.map((one) => one.after!.psnr))];
  return `${count}, ${change}; mean PSNR before ${before} dB, after ${after} dB`;
}

await runCommand(command);
