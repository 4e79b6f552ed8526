import type { Steps } from '@evenlight/models';
import { stepsInSlices } from '@evenlight/plugin/src/pacing/steps-in-slices.ts';
import { WorkClock } from '@evenlight/test/fakes/plugin/work-clock.ts';
import { describe, expect, it } from 'vitest';

/** Work of so many pieces. */
function* pieces(clock: WorkClock, count: number, msPerPiece: number): Steps<string> {
  for (let i = 1; i < count; i++) {
    clock.ms += msPerPiece;
    yield;
  }
  clock.ms += msPerPiece;
  return 'done';
}

describe('stepsInSlices', () => {
  it.each([0.1, 1, 3])(
    'leaves a quarter of every frame of the screen to others, and pauses not much oftener: %s ms a piece',
    async (msPerPiece) => {
      const clock = new WorkClock();
      const count = Math.round(600 / msPerPiece);
      expect(await stepsInSlices(pieces(clock, count, msPerPiece), { clock })).toBe('done');
      expect(Math.max(...clock.stretches)).toBeLessThanOrEqual(12);
      expect(clock.stretches.length).toBeLessThanOrEqual(600 / 7);
    },
  );

  it('makes the first and the last slice short: they share their turn with what comes before and after', async () => {
    const clock = new WorkClock();
    await stepsInSlices(pieces(clock, 22, 1), { clock });
    expect(clock.stretches).toEqual([4, 8, 8]);
  });

  it('does not pause for little work', async () => {
    const clock = new WorkClock();
    await stepsInSlices(pieces(clock, 3, 1), { clock });
    expect(clock.stretches).toEqual([]);
  });

  it('tells before each pause what the last piece yielded', async () => {
    const clock = new WorkClock();
    const told: number[] = [];
    const steps = function* (): Generator<number, string, undefined> {
      for (let i = 1; i <= 14; i++) {
        clock.ms++;
        yield i;
      }
      return 'done';
    };
    await stepsInSlices(steps(), { clock }, (number) => told.push(number));
    expect(told).toEqual([4, 12]);
  });

  it('stops where the checkpoint throws', async () => {
    const clock = new WorkClock();
    const checkpoint = (): void => {
      throw new Error('cancelled');
    };
    await expect(stepsInSlices(pieces(clock, 100, 1), { clock, checkpoint })).rejects.toThrow('cancelled');
    expect(clock.ms).toBe(4);
  });
});
