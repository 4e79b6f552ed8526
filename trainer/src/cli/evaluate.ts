import os from 'node:os';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { evaluate, keptBack } from '../evaluation/evaluate.ts';
import { readPairs } from '../evaluation/pairs.ts';
import { loadPredictor } from '../evaluation/predictor.ts';
import { writeReport } from '../evaluation/report.ts';
import { evaluationTable } from '../evaluation/table.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { openCheckpoint, readRunOf, runFileOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly model: string;
  readonly models: string;
  readonly pairs: string;
  readonly collection?: string;
  readonly checkpoint?: string;
  readonly report?: string;
  readonly quick?: true;
  readonly json?: true;
}

const command = new Command('evaluate')
  .description('Measures a model beside identity and auto-gamma')
  .option('--model <name>', 'folder below --models', 'exposure')
  .option('--models <folder>', 'folder of models', 'models')
  .option('--pairs <file>', 'CSV with set,input,reference, or a manifest.csv', '../shared/data/dev/manifest.csv')
  .option('--collection <folder>', 'photographs whose kept-back part must be left alone', '../shared/data/train')
  .option('--no-collection', 'leave-alone score over the references only')
  .option('--checkpoint <file>', 'measure a checkpoint of trainer/runs/<model>.json instead of the shipped model')
  .option('--report <folder>', 'write an HTML report with before, after and reference, worst first')
  .option('--quick', 'PSNR and leave-alone only')
  .option('--json', 'print JSON')
  .action(async (options: Options) => {
    const pairs = await readPairs(options.pairs);
    useNativeTensorflow();
    const predictor =
      options.checkpoint === undefined
        ? await loadPredictor(options.models, options.model)
        : await openCheckpoint(await readRunFile(runFileOf(options.model)), options.checkpoint);
    const run = await readRunOf(options.model);
    const untouched =
      options.collection && run ? await keptBack(options.collection, run.seed) : new Map<string, string[]>();
    const bar = new SingleBar({ format: 'evaluating {bar} {value}/{total}', clearOnComplete: true });
    if (process.stderr.isTTY) bar.start(1, 0);
    const evaluation = await evaluate(predictor, {
      pairs,
      untouched,
      isQuick: options.quick === true,
      workers: os.availableParallelism(),
      onProgress: (done, total) => {
        bar.setTotal(total);
        bar.update(done);
      },
    }).finally(() => {
      bar.stop();
    });
    const { pairs: scored, ...summary } = evaluation;
    console.log(
      options.json ? JSON.stringify({ model: options.model, ...summary }, undefined, 2) : evaluationTable(evaluation),
    );
    if (options.report !== undefined) {
      console.error(`report: ${await writeReport(options.report, predictor, scored)}`);
    }
    predictor.dispose();
  });

await runCommand(command);
