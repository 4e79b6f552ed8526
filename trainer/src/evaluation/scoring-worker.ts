import { parentPort } from 'node:worker_threads';
import { deserializeCorrection, messageOf } from '@evenlight/models';
import { TrainerError, type TrainerErrorCode } from '../errors.ts';
import { type KeepMeasure, measureKeep } from './keep/keep-measure.ts';
import type { KeepPicture } from './keep/keep-picture.ts';
import type { EvaluationPair } from './pairs.ts';
import { fromCodes } from './picture-file.ts';
import { applyCorrection, changeMade, type PairScore, scorePair } from './score.ts';

/** A pair to score; `correction` is what the model says about its input, serialised. */
export interface PairTask {
  readonly pair: EvaluationPair;
  readonly correction: Uint8Array;
  readonly isQuick: boolean;
}

/** A picture that needs no change, and the correction for it, serialised. */
export interface ChangeTask {
  readonly file: string;
  readonly correction: Uint8Array;
}

/** A picture of the keep set with its correction; `bareCorrection` is for the photograph without its frame. */
export interface KeepTask {
  readonly picture: KeepPicture;
  readonly correction: Uint8Array;
  readonly bareCorrection?: Uint8Array;
}

export type ScoringTask =
  | ({ readonly kind: 'pair' } & PairTask)
  | ({ readonly kind: 'change' } & ChangeTask)
  | ({ readonly kind: 'keep' } & KeepTask);

export interface ScoringMessage {
  readonly id: number;
  readonly task: ScoringTask;
}

export type ScoringResult =
  | { readonly kind: 'pair'; readonly score: PairScore }
  | { readonly kind: 'change'; readonly deltaE: number }
  | { readonly kind: 'keep'; readonly measure: KeepMeasure };

/** `code` is undefined when the error was not foreseen. */
export interface ScoringFailure {
  readonly kind: 'error';
  readonly code: TrainerErrorCode | undefined;
  readonly message: string;
}

export interface ScoringAnswer {
  readonly id: number;
  readonly result: ScoringResult | ScoringFailure;
}

async function answer(task: ScoringTask): Promise<ScoringAnswer['result']> {
  try {
    return await score(task);
  } catch (error) {
    const code = error instanceof TrainerError ? error.code : undefined;
    return { kind: 'error', code, message: messageOf(error) };
  }
}

async function score(task: ScoringTask): Promise<ScoringResult> {
  const correction = deserializeCorrection(task.correction);
  if (task.kind === 'pair') return { kind: 'pair', score: await scorePair(task.pair, correction, task.isQuick) };
  if (task.kind === 'change') return { kind: 'change', deltaE: await changeMade(task.file, correction) };
  const { picture, bareCorrection } = task;
  const bareAfter =
    picture.bare &&
    bareCorrection &&
    applyCorrection(deserializeCorrection(bareCorrection), fromCodes(picture.bare.picture));
  const after = applyCorrection(correction, fromCodes(picture.before));
  return { kind: 'keep', measure: measureKeep(picture, after, bareAfter) };
}

parentPort?.on('message', ({ id, task }: ScoringMessage) => {
  void answer(task).then((result) => {
    const message: ScoringAnswer = { id, result };
    parentPort?.postMessage(message);
  });
});
