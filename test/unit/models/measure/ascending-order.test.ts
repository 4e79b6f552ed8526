import { ascendingOrderSteps } from '@evenlight/models/src/measure/ascending-order.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('the ascending order of floats', () => {
  it('is that of a stable sort', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, maxLength: 300 }), (values) => {
        const sorted = [...values.keys()].sort((left, right) => order(values[left]!, values[right]!) || left - right);
        expect([...runSteps(ascendingOrderSteps(values))]).toEqual(sorted);
      }),
    );
  });

  it('keeps equal ones in their order, above and below zero', () => {
    expect([...runSteps(ascendingOrderSteps(Float32Array.of(1, -2, 1, -2, 0, 1e-40, -1e-40)))]).toEqual([
      1, 3, 6, 4, 5, 0, 2,
    ]);
  });
});

/** −0 comes before 0, as `sort()` of a typed array has it. */
function order(left: number, right: number): number {
  if (left !== right) return left < right ? -1 : 1;
  return Number(Object.is(right, -0)) - Number(Object.is(left, -0));
}
