import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingData } from '../dataset/training-data.ts';
import { TrainerError } from '../errors.ts';
import { batchShape, makeBatch, mirrorBatch } from '../pipeline/batch.ts';
import type { Batch } from '../pipeline/batch.ts';
import { PairMaker, type PairSources } from '../pipeline/pair-maker.ts';
import { PairPipeline } from '../pipeline/pair-pipeline.ts';
import type { RunFile } from '../run-file.ts';
import { AdamW } from './adamw.ts';
import { readCheckpoint, writeCheckpoint, type CheckpointHeader } from './checkpoint.ts';
import { initialWeights } from './initial-weights.ts';
import { RunLog, type StepReport } from './run-log.ts';
import { learningRateAt } from './schedule.ts';
import { type TeacherFiles, Teachers } from './teachers.ts';
import { Trainee } from './trainee.ts';

/** Seed offset and number of the validation pairs: always the same pairs, from photographs kept back. */
const VALIDATION_SEED_OFFSET = 7919;
const VALIDATION_BATCHES = 16;

export interface TrainOptions {
  readonly run: RunFile;
  readonly outFolder: string;
  readonly training: PairSources;
  readonly validation: PairSources;
  /** What `training` holds; checkpoints remember it. */
  readonly data?: TrainingData;
  readonly workers: number;
  /** A checkpoint of the same network, or the folder of a shipped model, to begin from when there is nothing to resume. */
  readonly from?: string | undefined;
  /** Networks whose answers are learned. */
  readonly teachers?: TeacherFiles | undefined;
  readonly signal: AbortSignal;
  readonly onStep: (report: StepReport) => void;
}

/** Why training ended. */
export type TrainResult = 'finished' | 'interrupted' | 'out of patience' | 'out of time';

/**
 * Trains until the run file's steps are done or something ends it. `last.ckpt` and `best.ckpt` (best mean PSNR of the
 * averaged weights on kept-back photographs) are in `outFolder`; an existing `last.ckpt` of the same run file is resumed.
 *
 * @throws TrainerError `NOT_FINITE` when the loss is no longer a number; checkpoints stay those before it.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const loop = await TrainingLoop.start(options);
  try {
    return await loop.run();
  } finally {
    await loop.close();
  }
}

/** Identifies what a checkpoint belongs to: everything that decides how it was trained. */
export function runDigest({ decision: _, ...trained }: RunFile, teachers?: TeacherFiles): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...trained, teachers }))
    .digest('hex');
}

class TrainingLoop {
  readonly #options: TrainOptions;
  readonly #trainee: Trainee;
  readonly #teachers: Teachers | undefined;
  readonly #optimizer: AdamW;
  readonly #pipeline: PairPipeline;
  readonly #validation: Batch[];
  readonly #log: RunLog;
  #header: CheckpointHeader;
  readonly #startedAt = performance.now();
  readonly #earlierSeconds: number;
  #waitedMs = 0;
  #stepsHere = 0;

  private constructor(
    options: TrainOptions,
    parts: {
      trainee: Trainee;
      teachers: Teachers | undefined;
      optimizer: AdamW;
      header: CheckpointHeader;
      validation: Batch[];
      log: RunLog;
    },
  ) {
    this.#options = options;
    this.#trainee = parts.trainee;
    this.#teachers = parts.teachers;
    this.#optimizer = parts.optimizer;
    this.#header = parts.header;
    this.#validation = parts.validation;
    this.#log = parts.log;
    this.#earlierSeconds = parts.header.elapsedSeconds;
    const { run, training, workers } = options;
    this.#pipeline = new PairPipeline({
      run,
      sources: training,
      firstIndex: run.training.firstBatch + this.#header.step,
      workers,
      ahead: 2 * workers + 2,
    });
  }

  static async start(options: TrainOptions): Promise<TrainingLoop> {
    const { run } = options;
    const trainee = new Trainee(run);
    let teachers: Teachers | undefined;
    const optimizer = new AdamW(trainee.variables, (variable) => trainee.rateOf(variable));
    try {
      if (options.teachers) teachers = await Teachers.load(run, options.teachers);
      const header = (await resume(options, trainee, optimizer)) ?? freshHeader(options, optimizer);
      const log = await RunLog.open(options.outFolder, header.step);
      const validation = await validationBatches(run, options.validation);
      return new TrainingLoop(options, { trainee, teachers, optimizer, header, validation, log });
    } catch (error) {
      optimizer.dispose();
      teachers?.dispose();
      trainee.dispose();
      throw error;
    }
  }

  async run(): Promise<TrainResult> {
    const { run, signal } = this.#options;
    const { steps, checkpointEverySteps, validateEverySteps, patience, maxMinutes } = run.training;
    while (this.#header.step < steps) {
      const report = await this.#step();
      const { step } = this.#header;
      const isLast = step === steps;
      const validates = isLast || step % validateEverySteps === 0;
      const full = validates ? { ...report, ...(await this.#validate()) } : report;
      this.#options.onStep(full);
      if (validates || step % 50 === 0) await this.#log.write(full);
      const ended = this.#reasonToStop(patience, maxMinutes, signal);
      if (isLast || ended !== undefined || step % checkpointEverySteps === 0) await this.#save('last.ckpt');
      if (ended !== undefined && !isLast) return ended;
    }
    return 'finished';
  }

  async close(): Promise<void> {
    await this.#pipeline.close();
    this.#optimizer.dispose();
    this.#teachers?.dispose();
    this.#trainee.dispose();
  }

  #reasonToStop(patience: number, maxMinutes: number, signal: AbortSignal): TrainResult | undefined {
    if (signal.aborted) return 'interrupted';
    if (patience > 0 && this.#header.validationsSinceBest >= patience) return 'out of patience';
    if (maxMinutes > 0 && this.#header.elapsedSeconds >= 60 * maxMinutes) return 'out of time';
    return undefined;
  }

  async #step(): Promise<StepReport> {
    const { run } = this.#options;
    const asked = performance.now();
    const batch = await this.#pipeline.next();
    this.#waitedMs += performance.now() - asked;
    let learned = this.#learn(batch);
    if (run.training.mirrored) learned = this.#learn(mirrorBatch(batch, batchShape(run)));
    const elapsedMs = performance.now() - this.#startedAt;
    this.#stepsHere++;
    const step = this.#header.step + 1;
    this.#header = { ...this.#header, step, elapsedSeconds: this.#earlierSeconds + elapsedMs / 1000 };
    const pace = { stepsPerSecond: this.#stepsHere / (elapsedMs / 1000), waitShare: this.#waitedMs / elapsedMs };
    return { step, steps: run.training.steps, ...learned, ...pace };
  }

  /** One step of the optimizer. */
  #learn(batch: Batch): Pick<StepReport, 'loss' | 'learningRate' | 'gradientNorm'> {
    const { training } = this.#options.run;
    const { step } = this.#header;
    const lesson = this.#teachers?.teach(batch);
    const { value, grads } = this.#trainee.gradients(batch, lesson);
    const learningRate = learningRateAt(step, training);
    const norm = this.#optimizer.step(grads, { ...training, step, learningRate });
    const [loss, gradientNorm] = [value.dataSync()[0]!, norm.dataSync()[0]!];
    tf.dispose([value, norm, grads, { ...lesson }]);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new TrainerError(
        'NOT_FINITE',
        `step ${step}: loss ${loss}, gradient norm ${gradientNorm}; lower the learning rate (now ${learningRate}). Checkpoints are those before it`,
      );
    }
    return { loss, learningRate, gradientNorm };
  }

  async #validate(): Promise<Partial<StepReport>> {
    return this.#optimizer.withAverage(async () => {
      const { psnr, change, gateWrong, gateFine } = this.#trainee.score(this.#validation);
      const isBest = this.#header.best === null || psnr > this.#header.best;
      const validationsSinceBest = isBest ? 0 : this.#header.validationsSinceBest + 1;
      this.#header = { ...this.#header, best: isBest ? psnr : this.#header.best, validationsSinceBest };
      if (isBest) await this.#save('best.ckpt');
      return { validationPsnr: psnr, validationChange: change, gateWrong, gateFine };
    });
  }

  #save(name: string): Promise<void> {
    return writeCheckpoint(path.join(this.#options.outFolder, name), {
      header: this.#header,
      state: this.#optimizer.state(),
    });
  }
}

function freshHeader({ run, data, from, teachers }: TrainOptions, optimizer: AdamW): CheckpointHeader {
  const parameters = optimizer.state().parameters.length;
  return {
    version: 1,
    run: runDigest(run, teachers),
    step: 0,
    parameters,
    best: null,
    validationsSinceBest: 0,
    elapsedSeconds: 0,
    ...(data && { made: { runFile: run, data, ...(from !== undefined && { from }), ...(teachers && { teachers }) } }),
  };
}

async function validationBatches(run: RunFile, sources: PairSources): Promise<Batch[]> {
  const maker = new PairMaker({ ...run, seed: run.seed + VALIDATION_SEED_OFFSET }, sources);
  const batches: Batch[] = [];
  for (let i = 0; i < VALIDATION_BATCHES; i++) batches.push(await makeBatch(maker, i, batchShape(run)));
  return batches;
}

/** Restores `last.ckpt`, or the weights to begin from, into the optimizer; returns the header to go on from, if any. */
async function resume(
  { run, outFolder, from, teachers }: TrainOptions,
  trainee: Trainee,
  optimizer: AdamW,
): Promise<CheckpointHeader | undefined> {
  const file = path.join(outFolder, 'last.ckpt');
  if (existsSync(file)) {
    const { header, state } = await readCheckpoint(file);
    if (header.run !== runDigest(run, teachers)) {
      const other = 'another run file or other teachers';
      throw new TrainerError('BAD_CHECKPOINT', `${file} belongs to ${other}; choose another output folder`);
    }
    optimizer.restore(state);
    return header;
  }
  if (from === undefined) return undefined;
  const parameters = await initialWeights(from, trainee);
  const zeros = new Float32Array(parameters.length);
  optimizer.restore({ parameters, firstMoment: zeros, secondMoment: zeros, average: parameters });
  return undefined;
}
