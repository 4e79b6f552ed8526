import { Random } from '../random.ts';

/** A mean with the bounds of its 95 % bootstrap confidence interval. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Mean of `values` with a percentile bootstrap interval (Efron 1979) from `resamples` seeded resamples. */
export function meanInterval(values: readonly number[], resamples = 2000): MeanInterval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const random = new Random(1);
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.integer(values.length)]!;
    return sum / values.length;
  }).sort();
  return { mean, low: means[Math.floor(0.025 * resamples)]!, high: means[Math.floor(0.975 * resamples)]! };
}
