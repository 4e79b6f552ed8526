import { rowsInSlices } from '@evenlight/plugin/src/pacing/rows-in-slices.ts';
import { WorkClock } from '@evenlight/test/fakes/plugin/work-clock.ts';
import { describe, expect, it } from 'vitest';

describe('rowsInSlices', () => {
  it.each([
    ['narrow rows', 0.05],
    ['24-megapixel rows', 0.7],
    ['wide rows', 8],
    ['very wide rows', 30],
  ])('covers every row once, in order, and pauses at least every 50 ms: %s', async (_, msPerRow) => {
    const clock = new WorkClock();
    const done: number[] = [];
    await rowsInSlices(
      1000,
      (first, count) => {
        for (let row = first; row < first + count; row++) done.push(row);
        clock.ms += count * msPerRow;
      },
      { clock },
    );
    expect(done).toEqual(Array.from({ length: 1000 }, (__, row) => row));
    expect(Math.max(0, ...clock.stretches)).toBeLessThanOrEqual(50);
  });

  it.each([0.05, 0.7, 2])(
    'leaves a quarter of every frame of the screen to others, and pauses not much oftener: %s ms a row',
    async (msPerRow) => {
      const clock = new WorkClock();
      const rowCount = Math.round(700 / msPerRow);
      await rowsInSlices(rowCount, (_, count) => (clock.ms += count * msPerRow), { clock });
      expect(Math.max(...clock.stretches)).toBeLessThanOrEqual(12.5);
      expect(clock.stretches.length).toBeLessThanOrEqual(700 / 7);
    },
  );

  it('makes the first and the last slice short: rows are copied before and handed on afterwards', async () => {
    const clock = new WorkClock();
    const work = (_: number, count: number): number => (clock.ms += count);
    await rowsInSlices(9, work, { clock });
    expect(clock.stretches).toEqual([5, 4]);
    await rowsInSlices(3, work, { clock });
    expect(clock.stretches).toEqual([5, 4]);
  });

  it('copes when a row suddenly takes ten times as long', async () => {
    const clock = new WorkClock();
    await rowsInSlices(2000, (first, count) => (clock.ms += count * (first < 1000 ? 0.2 : 2)), { clock });
    // The first batch after the change is as large as those before it.
    expect(clock.stretches.filter((ms) => ms > 50).length).toBeLessThanOrEqual(1);
  });

  it('stops where the checkpoint throws', async () => {
    const clock = new WorkClock();
    let rows = 0;
    const work = rowsInSlices(1000, (_, count) => ((rows += count), (clock.ms += count)), {
      clock,
      checkpoint: () => {
        throw new Error('cancelled');
      },
    });
    await expect(work).rejects.toThrow('cancelled');
    expect(rows).toBeLessThan(60);
  });
});
