import { learningRateAt } from '@evenlight/trainer/src/training/schedule.ts';
import { describe, expect, it } from 'vitest';

describe('learning rate', () => {
  const options = { learningRate: 1e-3, warmupSteps: 10, decaySteps: 50, steps: 100 };

  it('warms up linearly, stays, and falls to nearly zero over the last steps', () => {
    expect(learningRateAt(0, options)).toBeCloseTo(1e-4);
    expect(learningRateAt(9, options)).toBeCloseTo(1e-3);
    expect(learningRateAt(49, options)).toBe(1e-3);
    expect(learningRateAt(75, options)).toBeCloseTo(5e-4);
    expect(learningRateAt(99, options)).toBeLessThan(2e-6);
  });
});
