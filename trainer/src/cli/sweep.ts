import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import { Command } from 'commander';
import * as z from 'zod/mini';
import { TrainerError } from '../errors.ts';
import { withFolderLock } from '../folder-lock.ts';
import { loadSources } from '../pipeline/sources.ts';
import { planTrials } from '../sweep/plan-trials.ts';
import { type FinishedTrial, runSweep } from '../sweep/run-sweep.ts';
import { type LearningPoint, curvesSvg, resultsSvg } from '../sweep/sweep-charts.ts';
import { readSweepFile, type Sweep } from '../sweep/sweep-file.ts';
import { sweepCsv, sweepMarkdown } from '../sweep/sweep-table.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { writeWholeFile } from '@evenlight/runtime';
import { integerOption } from './integer-option.ts';
import { runCommand } from './run-command.ts';
import { stopSignal } from './stop-signal.ts';
import { TrainingBar } from './training-bar.ts';

interface SweepCommandOptions {
  readonly data: string;
  readonly out?: string;
  readonly workers: number;
}

const command = new Command('sweep')
  .description(
    'Trains variants of a run file, by grid or random search, and compares them; goes on where it was stopped',
  )
  .argument('<sweep-file>', 'a JSON sweep file, see trainer/runs')
  .option('--data <folder>', 'collection of photographs with a manifest.csv', '../shared/data/train')
  .option('--out <folder>', 'where trials, tables and plots go (default: trainer/out/<name>)')
  .option('--workers <count>', 'worker threads that make pairs', integerOption(1), 1)
  .action(async (file: string, options: SweepCommandOptions) => {
    const sweep = await readSweepFile(file);
    const trials = planTrials(sweep);
    await useNativeTensorflow();
    const outFolder = options.out ?? path.join('trainer', 'out', sweep.name);
    let bar: TrainingBar | undefined;
    const stopBar = (): void => {
      bar?.stop();
      bar = undefined;
    };
    const finished = await withFolderLock(outFolder, () =>
      runSweep({
        sweep,
        trials,
        outFolder,
        load: (run, split) => loadSources(options.data, run, split),
        workers: options.workers,
        signal: stopSignal(),
        onTrialStart: ({ name, run }, index) => {
          bar = new TrainingBar(`${index + 1}/${trials.length} ${name} `);
          bar.start(run.training.steps);
        },
        onStep: (report) => bar?.update(report),
        onTrialEnd: async (done) => {
          stopBar();
          await writeResults(outFolder, sweep, done);
        },
      }).finally(stopBar),
    );
    const state = finished.length < trials.length ? 'interrupted after' : 'finished';
    console.log(`${sweep.name}: ${state} ${finished.length} of ${trials.length} trials; see ${outFolder}`);
    if (finished.length > 0) console.log(`\n${sweepMarkdown(sweep, finished)}`);
  });

/** `results.csv`, `results.md`, `results.svg` and `curves.svg` of the trials so far. */
async function writeResults(folder: string, sweep: Sweep, finished: readonly FinishedTrial[]): Promise<void> {
  const curves = await Promise.all(
    finished.map(async (entry) => ({ finished: entry, points: await curveOf(path.join(folder, entry.trial.name)) })),
  );
  const files = {
    'results.csv': sweepCsv(sweep, finished),
    'results.md': sweepMarkdown(sweep, finished),
    'results.svg': resultsSvg(sweep, finished),
    'curves.svg': curvesSvg(sweep, curves),
  };
  try {
    for (const [name, content] of Object.entries(files)) {
      if (content !== undefined) await writeWholeFile(path.join(folder, name), [content]);
    }
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('NO_SPACE', `cannot write the results to ${folder} (${reason})`, { cause });
  }
}

const lineSchema = z.object({ step: z.number(), validationPsnr: z.optional(z.nullable(z.number())) });

/** The validations in a trial's log; a trial that diverged at once has none. */
async function curveOf(folder: string): Promise<LearningPoint[]> {
  const text = await readFile(path.join(folder, 'log.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { step, validationPsnr } = lineSchema.parse(JSON.parse(line));
      return typeof validationPsnr === 'number' ? [{ step, validationPsnr }] : [];
    });
}

await runCommand(command);
