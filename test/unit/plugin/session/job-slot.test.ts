import { JobSlot } from '@evenlight/plugin/src/session/job-slot.ts';
import { describe, expect, it } from 'vitest';

function slot(): { readonly slot: JobSlot; readonly seen: unknown[] } {
  const seen: unknown[] = [];
  const before = (): Promise<void> => Promise.resolve(void seen.push('before'));
  return { seen, slot: new JobSlot((job) => seen.push(job), before) };
}

const JOB = { kind: 'fix', documentId: 3, progress: undefined, isStopping: false };
const half = { stage: 'reading', fraction: 0.5 } as const;

describe('room for one job', () => {
  it('tells the job, its progress and its end', async () => {
    const { slot: room, seen } = slot();
    const result = await room.run('fix', 3, async (_signal, onProgress) => {
      onProgress(half);
      expect(room.job).toEqual({ ...JOB, progress: half });
      return await Promise.resolve('done');
    });
    expect([result, room.job]).toEqual(['done', undefined]);
    expect(seen).toEqual([JOB, 'before', { ...JOB, progress: half }, undefined]);
  });

  it('is refused to a second one, and free again after an error', async () => {
    const { slot: room } = slot();
    const failing = room.run('fix', 3, () => Promise.reject(new Error('odd')));
    await expect(room.run('batch', undefined, () => Promise.resolve())).rejects.toMatchObject({
      ...{ code: 'BUSY', message: 'a fix is running' },
    });
    await expect(failing).rejects.toThrow('odd');
    expect(await room.run('batch', undefined, () => Promise.resolve(7))).toBe(7);
  });

  it('says that the job stops as soon as it is cancelled, and in all progress after that', async () => {
    const { slot: room, seen } = slot();
    room.cancel();
    expect(seen).toEqual([]);
    await room.run('fix', 3, async (signal, onProgress) => {
      expect(signal.aborted).toBe(false);
      room.cancel();
      expect(signal.aborted).toBe(true);
      onProgress(half);
      await Promise.resolve();
    });
    expect(seen.slice(2)).toEqual([
      { ...JOB, isStopping: true },
      { ...JOB, progress: half, isStopping: true },
      undefined,
    ]);
  });

  it('is waited for by those who cannot be refused, first come, first served', async () => {
    const { slot: room } = slot();
    await room.whenFree();
    const order: string[] = [];
    const waiting = (name: string): Promise<void> =>
      room.whenFree().then(() => room.run('fix', 3, () => Promise.resolve(void order.push(name))));
    const first = room.run('fix', 3, () => Promise.resolve(void order.push('first')));
    await Promise.all([first, waiting('second'), waiting('third')]);
    expect(order).toEqual(['first', 'second', 'third']);
  });
});
