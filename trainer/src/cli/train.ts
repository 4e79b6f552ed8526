import path from 'node:path';
import { Command } from 'commander';
import { withFolderLock } from '../folder-lock.ts';
import type { PairSources } from '../pipeline/pair-maker.ts';
import { loadTrainingSources, type TrainingSources } from '../pipeline/sources.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { train, type TrainOptions, type TrainResult } from '../training/train.ts';
import type { TeacherFiles } from '../training/teachers.ts';
import { integerOption } from './integer-option.ts';
import { ProgressBar } from './progress-bar.ts';
import { runCommand } from './run-command.ts';
import { stopSignal } from './stop-signal.ts';
import { TrainingBar } from './training-bar.ts';

interface TrainCommandOptions {
  readonly data: string[];
  readonly out?: string;
  readonly workers: number;
  readonly from?: string;
  readonly teachPicture?: string;
  readonly teachGate?: string[];
  readonly set: string[];
  readonly cache: string | false;
}

const command = new Command('train')
  .description('Trains the network of a run file; resumes by itself where it was stopped')
  .argument('<run-file>', 'a JSON run file, see trainer/runs')
  .requiredOption('--data <data...>', 'data sets: folders in a layout that is recognised, or manifests')
  .option('--out <folder>', 'where checkpoints and logs go (default: trainer/out/<name>)')
  .option('--workers <count>', 'worker threads that make pairs', integerOption(1), 1)
  .option('--set <field=value...>', 'change fields of the run file, as in training.steps=200', [])
  .option('--cache <folder>', 'where the decoded pixels of large files are kept', path.join('trainer', 'out', 'cache'))
  .option('--no-cache', 'decode every file anew')
  .option(
    '--from <weights>',
    'begin from the averaged weights of a checkpoint, or from a shipped model (models/exposure)',
  )
  .option(
    '--teach-picture <weights>',
    'learn the pictures that these weights make, instead of the targets of the pairs',
  )
  .option(
    '--teach-gate <weights...>',
    'learn what the gates of these weights answer in the mean, instead of what the pairs say',
  )
  .action(async (file: string, options: TrainCommandOptions) => {
    const run = await readRunFile(file, options.set);
    const outFolder = options.out ?? path.join('trainer', 'out', run.name);
    const signal = stopSignal();
    const teachers = teachersOf(options);
    await useNativeTensorflow();
    const result = await withFolderLock(outFolder, async () => {
      const sources = await load(run, options, signal);
      return sources === undefined
        ? 'interrupted before the first step'
        : trainOn({ run, outFolder, ...sources, workers: options.workers, from: options.from, teachers, signal });
    });
    console.log(`${run.name}: ${result}; checkpoints are in ${outFolder}`);
  });

function teachersOf({ teachPicture: picture, teachGate: gates }: TrainCommandOptions): TeacherFiles | undefined {
  return picture === undefined && gates === undefined ? undefined : { picture, gates };
}

async function load(
  run: RunFile,
  { data, cache }: TrainCommandOptions,
  signal: AbortSignal,
): Promise<TrainingSources | undefined> {
  const bar = new ProgressBar('decoding');
  try {
    const cacheFolder = cache === false ? undefined : cache;
    const sources = await loadTrainingSources(data, run, { signal, onProgress: bar.update, cacheFolder });
    bar.stop();
    console.error(`train on ${counts(sources.training)}; validate on ${counts(sources.validation)}`);
    return sources;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    bar.stop();
  }
}

/** How many pictures there are of each source. */
function counts(sources: PairSources): string {
  const parts = Object.entries<readonly unknown[] | undefined>({ ...sources });
  return parts
    .flatMap(([source, pictures = []]) => (pictures.length === 0 ? [] : `${pictures.length} ${source}`))
    .join(', ');
}

async function trainOn(options: Omit<TrainOptions, 'onStep'>): Promise<TrainResult> {
  const bar = new TrainingBar();
  bar.start(options.run.training.steps);
  try {
    return await train({ ...options, onStep: bar.update.bind(bar) });
  } finally {
    // Its timer would keep the process alive.
    bar.stop();
  }
}

await runCommand(command);
