import * as z from 'zod/mini';

/** `[low, high]`, low ≤ high. */
export const range = z
  .tuple([z.number(), z.number()])
  .check(z.refine(([low, high]) => low <= high, 'a range is [low, high] with low ≤ high'));

/** A probability or share, 0..1. */
export const chance = z.number().check(z.gte(0), z.lte(1));

/** A number ≥ 0. */
export const nonNegative = z.number().check(z.gte(0));
