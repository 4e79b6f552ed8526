import { psnr } from '@evenlight/models';
import { type MeanInterval, meanInterval } from '../evaluation/statistics.ts';
import { makeBatch } from '../pipeline/batch.ts';
import { PairMaker, type PairSources } from '../pipeline/pair-maker.ts';
import type { RunFile } from '../run-file.ts';
import { AdamW } from '../training/adamw.ts';
import { readCheckpoint } from '../training/checkpoint.ts';
import { Trainee } from '../training/trainee.ts';

const SCORE_SEED_OFFSET = 104_729;
/** How many pairs of kept-back photographs every trial is scored on. */
export const SCORED_PAIRS = 128;

export interface TrialScore {
  /** Mean PSNR in dB of what the averaged weights make of the pairs' inputs, and of the inputs themselves. */
  readonly psnr: MeanInterval;
  readonly identityPsnr: number;
}

/**
 * Scores a trial's checkpoint on pairs that are the same for every trial of a sweep: made of kept-back photographs as the
 * sweep's own run file says, whatever batch size, pairs or picture size the trial was trained with. Only a grid network, which
 * takes one size alone, is scored at its own.
 */
export async function scoreTrial(
  base: RunFile,
  trial: RunFile,
  checkpoint: string,
  sources: PairSources,
): Promise<TrialScore> {
  const size = trial.network.type === 'grid' ? trial.size : base.size;
  const scored: RunFile = { ...base, size, lossSize: size, network: trial.network };
  const trainee = new Trainee(scored);
  const optimizer = new AdamW(trainee.variables);
  try {
    const { state } = await readCheckpoint(checkpoint);
    optimizer.restore({ ...state, parameters: state.average });
    const maker = new PairMaker({ ...scored, seed: base.seed + SCORE_SEED_OFFSET }, sources);
    const [after, before]: [number[], number[]] = [[], []];
    for (let i = 0; i < SCORED_PAIRS; i++) {
      const batch = await makeBatch(maker, i, { count: 1, size, channels: 3, lossSize: size });
      after.push(trainee.score([batch]).psnr);
      before.push(psnr(batch.input, batch.target));
    }
    return { psnr: meanInterval(after), identityPsnr: before.reduce((sum, value) => sum + value, 0) / before.length };
  } finally {
    optimizer.dispose();
    trainee.dispose();
  }
}
