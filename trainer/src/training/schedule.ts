import type { TrainingOptions } from '../run-file.ts';

/** The part of the training options that decides the learning rate. */
type ScheduleOptions = Pick<TrainingOptions, 'learningRate' | 'warmupSteps' | 'decaySteps' | 'steps'>;

/**
 * The learning rate at `step` (from 0): linear warm-up, constant, then a half cosine to zero over the last `decaySteps`
 * (Hu et al. 2024, "MiniCPM", warm-up–stable–decay; with decaySteps = steps it is plain cosine, Loshchilov and Hutter 2017).
 */
export function learningRateAt(step: number, options: ScheduleOptions): number {
  const { learningRate, warmupSteps, decaySteps, steps } = options;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const left = steps - step;
  if (left >= decaySteps) return learningRate;
  return learningRate * 0.5 * (1 - Math.cos((Math.PI * left) / decaySteps));
}
