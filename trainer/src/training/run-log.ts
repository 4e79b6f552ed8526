import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, messageOf } from '@evenlight/models';
import { TrainerError } from '../errors.ts';
import { bytesUpTo, fileVersionRecord, scalarRecord } from './event-file.ts';

/** What happened at a step, for progress bars and logs. */
export interface StepReport {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly stepsPerSecond: number;
  /** Share of the time that the network waited for pairs. */
  readonly waitShare: number;
  /** Of kept-back pairs that are wrong, in dB. */
  readonly validationPsnr?: number;
  /** Mean absolute change of kept-back pictures that are fine, 0..1. */
  readonly validationChange?: number;
  readonly gateWrong?: number;
  readonly gateFine?: number;
}

/** Below a run's folder; TensorBoard wants its files in a folder of their own, called so. */
const EVENT_FILE = path.join('tensorboard', 'events.out.tfevents.run');

/**
 * The log of a run in its folder: `log.jsonl`, a JSON object a line, and the same numbers for TensorBoard below `tensorboard`.
 * A line is on disk before the checkpoint of its step is, and what lies behind the checkpoint that a run is resumed from is
 * cut, so that every step stands in the log once.
 */
export class RunLog {
  readonly #lines: string;
  readonly #events: string;

  private constructor(folder: string) {
    this.#lines = path.join(folder, 'log.jsonl');
    this.#events = path.join(folder, EVENT_FILE);
  }

  /**
   * Opens the log of a run that goes on behind `step`.
   *
   * @throws TrainerError `NO_SPACE` when it cannot be written
   */
  static async open(folder: string, step: number): Promise<RunLog> {
    const log = new RunLog(folder);
    await writing(log.#events, async () => {
      await mkdir(path.dirname(log.#events), { recursive: true });
      await cut(log.#lines, (bytes) => lineBytesUpTo(bytes, step));
      const kept = await cut(log.#events, (bytes) => bytesUpTo(bytes, step));
      if (kept === 0) await appendFile(log.#events, fileVersionRecord(Date.now() / 1000));
    });
    return log;
  }

  /** @throws TrainerError `NO_SPACE` */
  async write(report: StepReport): Promise<void> {
    const { step, loss, learningRate, gradientNorm, stepsPerSecond, waitShare, validationPsnr, validationChange } =
      report;
    const scalars = {
      'train/loss': loss,
      'train/learning rate': learningRate,
      'train/gradient norm': gradientNorm,
      'pace/steps per second': stepsPerSecond,
      'pace/share waited for pairs': waitShare,
      ...(validationPsnr !== undefined && { 'validation/PSNR': validationPsnr }),
      ...(validationChange !== undefined && { 'validation/change of fine pictures': validationChange }),
    };
    await writing(this.#lines, () => appendFile(this.#lines, `${JSON.stringify(report)}\n`));
    await writing(this.#events, () => appendFile(this.#events, scalarRecord(step, scalars, Date.now() / 1000)));
  }
}

/** Cuts a file to the length that `keep` says; returns that length, 0 if there is no file. */
async function cut(file: string, keep: (bytes: Buffer) => number): Promise<number> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
  const kept = keep(bytes);
  if (kept < bytes.length) await truncate(file, kept);
  return kept;
}

/** How many bytes hold whole lines of steps up to `lastStep`; a line that is cut off ends them too. */
function lineBytesUpTo(bytes: Buffer, lastStep: number): number {
  let at = 0;
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', at)) {
    const step = /^\{"step":(\d+),/.exec(bytes.toString('utf8', at, end))?.[1];
    if (step === undefined || Number(step) > lastStep) break;
    at = end + 1;
  }
  return at;
}

async function writing(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('NO_SPACE', `cannot write ${file} (${reason}); checkpoints are those before it`, { cause });
  }
}
