import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import * as z from 'zod/mini';
import type { Split } from '../dataset/split.ts';
import { TrainerError } from '../errors.ts';
import type { PairSources } from '../pipeline/pair-maker.ts';
import type { RunFile } from '../run-file.ts';
import { readCheckpoint } from '../training/checkpoint.ts';
import type { StepReport } from '../training/run-log.ts';
import { runDigest, train } from '../training/train.ts';
import { writeWholeFile } from '@evenlight/runtime';
import type { Trial } from './plan-trials.ts';
import { scoreTrial } from './score-trial.ts';
import type { Sweep } from './sweep-file.ts';

const number = z.number();

const resultSchema = z.strictObject({
  /** SHA-256 of the trial's run file. */
  run: z.string(),
  status: z.enum(['finished', 'out of patience', 'out of time', 'diverged']),
  steps: number,
  seconds: number,
  parameters: number,
  psnr: z.nullable(z.strictObject({ mean: number, low: number, high: number })),
  identityPsnr: z.nullable(number),
});

/** The result of a trial; `psnr` is null if its loss became NaN. */
export type TrialResult = z.infer<typeof resultSchema>;

/** A trial with its result and the learning curve of its log. */
export interface FinishedTrial {
  readonly trial: Trial;
  readonly result: TrialResult;
}

export interface SweepOptions {
  readonly sweep: Sweep;
  readonly trials: readonly Trial[];
  /** Each trial has its own folder in this one. */
  readonly outFolder: string;
  readonly load: (run: RunFile, split: Split) => Promise<PairSources>;
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onTrialStart: (trial: Trial, index: number) => void;
  readonly onStep: (report: StepReport) => void;
  /** After every trial, also those that were finished before: all finished so far. */
  readonly onTrialEnd: (finished: readonly FinishedTrial[]) => Promise<void>;
}

/**
 * Runs the trials of a sweep one after the other. A finished trial is not run again, an interrupted one continues
 * where it was; one whose loss becomes NaN counts as finished.
 *
 * @returns the finished trials: all, unless `signal` stopped the sweep
 * @throws TrainerError
 */
export async function runSweep(options: SweepOptions): Promise<FinishedTrial[]> {
  const finished: FinishedTrial[] = [];
  const load = rememberingLast(options.load);
  for (const [index, trial] of options.trials.entries()) {
    const folder = path.join(options.outFolder, trial.name);
    let result = await readResult(folder, trial.run);
    if (result === undefined) {
      options.onTrialStart(trial, index);
      result = await runTrial(options, trial, folder, load);
    }
    if (result === undefined) break;
    finished.push({ trial, result });
    await options.onTrialEnd(finished);
  }
  return finished;
}

type Load = SweepOptions['load'];

async function runTrial(
  { sweep, workers, signal, onStep }: SweepOptions,
  { run }: Trial,
  folder: string,
  load: Load,
): Promise<TrialResult | undefined> {
  await writeInFolder(folder, 'run.json', run);
  const [training, validation] = [await load(run, 'train'), await load(run, 'test')];
  const checkpoint = path.join(folder, 'last.ckpt');
  const status = await train({ run, outFolder: folder, training, validation, workers, signal, onStep }).catch(
    (error: unknown) => {
      if (error instanceof TrainerError && error.code === 'NOT_FINITE') return 'diverged' as const;
      throw error;
    },
  );
  if (status === 'interrupted') return undefined;
  const header = existsSync(checkpoint) ? (await readCheckpoint(checkpoint)).header : undefined;
  const scored =
    status === 'diverged' ? undefined : await scoreTrial(sweep.base, run, checkpoint, await load(sweep.base, 'test'));
  const result: TrialResult = {
    run: runDigest(run),
    status,
    steps: header?.step ?? 0,
    seconds: header?.elapsedSeconds ?? 0,
    parameters: header?.parameters ?? 0,
    psnr: scored?.psnr ?? null,
    identityPsnr: scored?.identityPsnr ?? null,
  };
  await writeInFolder(folder, 'result.json', result);
  return result;
}

/** The result that is in a trial's folder, if it is of this run. @throws TrainerError `BAD_CHECKPOINT` when it is broken */
async function readResult(folder: string, run: RunFile): Promise<TrialResult | undefined> {
  const file = path.join(folder, 'result.json');
  if (!existsSync(file)) return undefined;
  let result: TrialResult;
  try {
    result = resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new TrainerError('BAD_CHECKPOINT', `${file} is not a trial's result; remove it to run the trial again`, {
      cause,
    });
  }
  if (result.run === runDigest(run)) return result;
  throw new TrainerError('BAD_CHECKPOINT', `${folder} belongs to another run file; choose another output folder`);
}

async function writeInFolder(folder: string, name: string, content: unknown): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeWholeFile(path.join(folder, name), [`${JSON.stringify(content, undefined, 2)}\n`]);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('NO_SPACE', `cannot write ${path.join(folder, name)} (${reason})`, { cause });
  }
}

/** Decoding takes longer than a small trial: the pictures of the last splits are kept for the next trial. */
function rememberingLast(load: Load): Load {
  const kept: { key: string; sources: Promise<PairSources> }[] = [];
  return (run, split) => {
    const uses = [...new Set(run.pairs.map((pair) => pair.source))].sort();
    const key = JSON.stringify([split, run.seed, run.photoSide, uses]);
    const known = kept.find((entry) => entry.key === key);
    if (known) return known.sources;
    const sources = load(run, split);
    kept.push({ key, sources });
    if (kept.length > 3) kept.shift();
    return sources;
  };
}
