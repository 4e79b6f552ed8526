import { Slices, type SliceOptions } from './slices.ts';

/**
 * Does work that comes in pieces of a few milliseconds and holds the thread for less than a frame of the screen: see `Steps` of
 * `@evenlight/models`.
 *
 * @param onPause is told what the piece before the pause yielded
 * @throws whatever the work or `checkpoint` throw
 */
export async function stepsInSlices<Told, Result>(
  steps: Generator<Told, Result, undefined>,
  options: SliceOptions,
  onPause?: (told: Told) => void,
): Promise<Result> {
  const slices = new Slices(options);
  for (;;) {
    const step = steps.next();
    if (!slices.isOver({ isDone: step.done === true })) {
      if (step.done === true) return step.value;
      continue;
    }
    if (step.done !== true) onPause?.(step.value);
    await slices.pause();
    if (step.done === true) return step.value;
  }
}
