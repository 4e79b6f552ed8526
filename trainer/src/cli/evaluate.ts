import os from 'node:os';
import { Command } from 'commander';
import { evaluate } from '../evaluation/evaluate.ts';
import type { KeepItem } from '../evaluation/keep/keep-picture.ts';
import { keepSet } from '../evaluation/keep/keep-set.ts';
import { keptBack } from '../evaluation/keep/kept-back.ts';
import { readPairs } from '../evaluation/pairs.ts';
import { loadPredictor, type NetworkPredictor } from '../evaluation/network-predictor.ts';
import { writeReport } from '../evaluation/report.ts';
import { scoresCsv } from '../evaluation/scores-csv.ts';
import { evaluationTable } from '../evaluation/table.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { writeWholeFile } from '@evenlight/runtime';
import { openCheckpoint, readRunOf, runOf } from './open-model.ts';
import { ProgressBar } from './progress-bar.ts';
import { runCommand } from './run-command.ts';

interface EvaluateOptions {
  readonly model: string;
  readonly models: string;
  readonly pairs: string | false;
  readonly collection: string | false;
  readonly kinds?: string;
  readonly run?: string;
  readonly checkpoint?: string;
  readonly report?: string;
  readonly csv?: string;
  readonly quick?: true;
  readonly json?: true;
}

const command = new Command('evaluate')
  .description('Measures a model: pairs beside identity and auto-gamma, and pictures that it must not harm, by kind')
  .option('--model <name>', 'folder below --models', 'exposure')
  .option('--models <folder>', 'folder of models', 'models')
  .option('--pairs <file>', 'CSV with set,input,reference, or a manifest.csv', '../shared/data/dev/manifest.csv')
  .option('--no-pairs', 'only the pictures that must be left alone')
  .option('--collection <folder>', 'photographs whose kept-back part must be left alone', '../shared/data/train')
  .option('--no-collection', 'only the pairs')
  .option('--kinds <text>', 'of those only the kinds whose name contains this: frame, night, object, mid-key, …')
  .option('--checkpoint <file>', 'measure a checkpoint instead of the shipped model')
  .option(
    '--run <file>',
    'run file of the checkpoint or model (default: the one that the checkpoint names, trainer/runs/<model>.json)',
  )
  .option(
    '--report <folder>',
    'write an HTML report and contact sheets by kind: before, after and reference, worst first',
  )
  .option('--csv <file>', 'write the scores of every picture')
  .option('--quick', 'PSNR of the pairs, without SSIM and ΔE2000, and every third picture that must be left alone')
  .option('--json', 'print JSON')
  .action(async (options: EvaluateOptions) => {
    const pairs = options.pairs === false ? [] : await readPairs(options.pairs);
    const run = await runFor(options);
    await useNativeTensorflow();
    const predictor = await openPredictor(options, run);
    const keep = await keepItems(options, run);
    const bar = new ProgressBar('evaluating');
    const evaluation = await evaluate(predictor, {
      pairs,
      keep,
      isQuick: options.quick === true,
      workers: os.availableParallelism(),
      onProgress: bar.update,
    }).finally(() => {
      bar.stop();
    });
    const { pairs: scored, kept, ...summary } = evaluation;
    console.log(
      options.json ? JSON.stringify({ model: options.model, ...summary }, undefined, 2) : evaluationTable(evaluation),
    );
    if (options.csv !== undefined) await writeWholeFile(options.csv, [scoresCsv(evaluation)]);
    if (options.report !== undefined) {
      console.error(`report: ${await writeReport(options.report, predictor, { pairs: scored, keep, kept })}`);
    }
    predictor.dispose();
  });

/** The run file that the checkpoint or the model was made by. */
async function runFor({ checkpoint, run, model }: EvaluateOptions): Promise<RunFile | undefined> {
  if (checkpoint !== undefined) return runOf(checkpoint, run);
  return run === undefined ? readRunOf(model) : readRunFile(run);
}

async function openPredictor(
  { checkpoint, models, model }: EvaluateOptions,
  run: RunFile | undefined,
): Promise<NetworkPredictor> {
  return checkpoint === undefined || run === undefined ? loadPredictor(models, model) : openCheckpoint(run, checkpoint);
}

async function keepItems(options: EvaluateOptions, run: RunFile | undefined): Promise<KeepItem[]> {
  const { collection, kinds = '', quick } = options;
  if (collection === false || run === undefined) return [];
  const items = keepSet(await keptBack(collection, run.seed)).filter(({ kind }) => kind.name.includes(kinds));
  return quick ? everyThird(items) : items;
}

/** Every third picture of each kind, the first always. */
function everyThird(items: readonly KeepItem[]): KeepItem[] {
  const seen = new Map<string, number>();
  return items.filter(({ kind: { name } }) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count % 3 === 0;
  });
}

await runCommand(command);
