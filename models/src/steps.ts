/**
 * Long work in pieces: each `yield` ends one that takes a few milliseconds at most. Whoever runs the work may do something else before
 * the next piece; the result is the same.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does all pieces at once. @throws what the work throws */
export function runSteps<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
