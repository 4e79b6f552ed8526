import path from 'node:path';
import { Command } from 'commander';
import { loadSources } from '../pipeline/sources.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { train, type TrainResult } from '../training/train.ts';
import { integerOption } from './integer-option.ts';
import { runCommand } from './run-command.ts';
import { stopSignal } from './stop-signal.ts';
import { TrainingBar } from './training-bar.ts';

interface Options {
  readonly data: string;
  readonly out?: string;
  readonly workers: number;
  readonly from?: string;
}

const command = new Command('train')
  .description('Trains the network of a run file; resumes by itself where it was stopped')
  .argument('<run-file>', 'a JSON run file, see trainer/runs')
  .option('--data <folder>', 'collection of photographs with a manifest.csv', '../shared/data/train')
  .option('--out <folder>', 'where checkpoints and logs go (default: trainer/out/<name>)')
  .option('--workers <count>', 'worker threads that make pairs', integerOption(1), 1)
  .option(
    '--from <weights>',
    'begin from the averaged weights of a checkpoint, or from a shipped model (models/exposure)',
  )
  .action(async (file: string, options: Options) => {
    const run = await readRunFile(file);
    await useNativeTensorflow();
    const outFolder = options.out ?? path.join('trainer', 'out', run.name);
    const signal = stopSignal();
    const training = await loadSources(options.data, run, 'train');
    const validation = await loadSources(options.data, run, 'test');
    const bar = new TrainingBar();
    bar.start(run.training.steps);
    let result: TrainResult;
    try {
      result = await train({
        run,
        outFolder,
        training,
        validation,
        workers: options.workers,
        from: options.from,
        signal,
        onStep: (report) => {
          bar.update(report);
        },
      });
    } finally {
      // Its timer would keep the process alive.
      bar.stop();
    }
    console.log(`${run.name}: ${result}; checkpoints are in ${outFolder}`);
  });

await runCommand(command);
