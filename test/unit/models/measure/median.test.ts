import { medianSteps } from '@evenlight/models/src/measure/median.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('the median of floats', () => {
  it('is the middle of the sorted values, or the mean of the two in the middle', () => {
    const near = fc.constantFrom(-1, -0, 0, 1, 1 + 2 ** -20, 1e-40, Infinity);
    const value = fc.oneof(near, fc.float({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (list) => {
        const values = Float32Array.from(list);
        const sorted = Float32Array.from(list).sort();
        const [below, above] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!];
        expect(runSteps(medianSteps(values))).toBe(below === above ? above : (below + above) / 2);
        expect([...values]).toEqual([...Float32Array.from(list)]);
      }),
    );
  });

  it('is not a number where there are no values', () => expect(runSteps(medianSteps(new Float32Array(0)))).toBeNaN());
});
