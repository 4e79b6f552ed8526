import { parentPort } from 'node:worker_threads';
import { deserializeCorrection } from '@evenlight/models';
import { TrainerError, type TrainerErrorCode } from '../errors.ts';
import type { EvaluationPair } from './pairs.ts';
import { changeMade, type PairScore, scorePair } from './score.ts';

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

export type ScoringTask = ({ readonly kind: 'pair' } & PairTask) | ({ readonly kind: 'change' } & ChangeTask);

export interface ScoringMessage {
  readonly id: number;
  readonly task: ScoringTask;
}

export type ScoringResult =
  { readonly kind: 'pair'; readonly score: PairScore } | { readonly kind: 'change'; readonly deltaE: number };

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
    const correction = deserializeCorrection(task.correction);
    return task.kind === 'pair'
      ? { kind: 'pair', score: await scorePair(task.pair, correction, task.isQuick) }
      : { kind: 'change', deltaE: await changeMade(task.file, correction) };
  } catch (error) {
    const code = error instanceof TrainerError ? error.code : undefined;
    return { kind: 'error', code, message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', ({ id, task }: ScoringMessage) => {
  void answer(task).then((result) => {
    const message: ScoringAnswer = { id, result };
    parentPort?.postMessage(message);
  });
});
