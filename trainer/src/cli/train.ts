import path from 'node:path';
import { Command } from 'commander';
import { SingleBar } from 'cli-progress';
import { loadSources } from '../pipeline/sources.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { train } from '../training/train.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly data: string;
  readonly out?: string;
  readonly workers: string;
  readonly from?: string;
}

const command = new Command('train')
  .description('Trains the network of a run file; resumes by itself where it was stopped')
  .argument('<run-file>', 'a JSON run file, see trainer/runs')
  .option('--data <folder>', 'collection of photographs with a manifest.csv', '../shared/data/train')
  .option('--out <folder>', 'where checkpoints and logs go (default: trainer/out/<name>)')
  .option('--workers <count>', 'worker threads that make pairs', '1')
  .option('--from <checkpoint>', 'begin from the averaged weights of this checkpoint')
  .action(async (file: string, options: Options) => {
    const run = await readRunFile(file);
    useNativeTensorflow();
    const outFolder = options.out ?? path.join('trainer', 'out', run.name);
    const stop = new AbortController();
    process.once('SIGINT', () => {
      stop.abort();
    });
    process.once('SIGTERM', () => {
      stop.abort();
    });
    const training = await loadSources(options.data, run, 'train');
    const validation = await loadSources(options.data, run, 'test');
    const bar = new SingleBar({
      format: '{bar} {value}/{total} · ETA {eta_formatted} · {pace} steps/s · loss {loss} · validation {psnr} dB',
      noTTYOutput: true,
      notTTYSchedule: 30_000,
    });
    bar.start(run.training.steps, 0, { pace: '–', loss: '–', psnr: '–' });
    let psnr = '–';
    const result = await train({
      run,
      outFolder,
      training,
      validation,
      workers: Number(options.workers),
      initialCheckpoint: options.from,
      signal: stop.signal,
      onStep: (report) => {
        if (report.validationPsnr !== undefined) psnr = report.validationPsnr.toFixed(2);
        bar.update(report.step, { pace: report.stepsPerSecond.toFixed(2), loss: report.loss.toFixed(4), psnr });
      },
    });
    bar.stop();
    console.log(`${run.name}: ${result}; checkpoints are in ${outFolder}`);
  });

await runCommand(command);
