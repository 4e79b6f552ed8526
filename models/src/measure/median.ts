import type { Steps } from '../steps.ts';
import { floatOf, keysOf } from './float-keys.ts';

/** The digits of a key from the highest on: 11, 11 and 10 bits. */
const DIGITS = [
  { shift: 21, count: 1 << 11 },
  { shift: 10, count: 1 << 11 },
  { shift: 0, count: 1 << 10 },
] as const;

/** The value in the middle; the mean of two where their number is even. `NaN` of no values. In pieces. */
export function* medianSteps(values: Float32Array): Steps<number> {
  if (values.length === 0) return NaN;
  const keys = keysOf(values);
  const middle = keys.length >> 1;
  yield;
  const upper = floatOf(yield* keyOfRank(keys, middle));
  return keys.length % 2 === 1 ? upper : (floatOf(yield* keyOfRank(keys, middle - 1)) + upper) / 2;
}

/**
 * The key that has `rank` smaller ones before it. Digit by digit, only the keys that share its digits so far are looked at: a
 * sixth of the time that sorting takes.
 */
function* keyOfRank(keys: Uint32Array, rank: number): Steps<number> {
  let candidates = keys;
  let before = rank;
  for (const { shift, count } of DIGITS) {
    const counts = new Uint32Array(count);
    for (let i = 0; i < candidates.length; i++) counts[(candidates[i]! >>> shift) & (count - 1)]!++;
    let digit = 0;
    while (before >= counts[digit]!) before -= counts[digit++]!;
    const kept = new Uint32Array(counts[digit]!);
    for (let i = 0, at = 0; i < candidates.length; i++) {
      const key = candidates[i]!;
      if (((key >>> shift) & (count - 1)) === digit) kept[at++] = key;
    }
    candidates = kept;
    yield;
  }
  return candidates[0]!;
}
