import { describe, expect, it } from 'vitest';
import { cancellable, CancelSource, throwIfCancelled } from '@evenlight/plugin/src/session/cancel-source.ts';

describe('CancelSource', () => {
  it('tells every listener once, and late askers by its state', () => {
    const source = new CancelSource();
    let calls = 0;
    source.signal.addEventListener('abort', () => calls++);
    const removed = (): number => calls++;
    source.signal.addEventListener('abort', removed);
    source.signal.removeEventListener('abort', removed);
    source.cancel('why');
    source.cancel('again');
    expect(calls).toBe(1);
    expect(source.signal.aborted).toBe(true);
    expect(source.signal.reason).toBe('why');
    expect(() => throwIfCancelled(source.signal)).toThrow(expect.objectContaining({ code: 'CANCELLED' }));
  });
});

describe('cancellable', () => {
  it('gives the promise back when nobody cancels', async () => {
    expect(await cancellable(Promise.resolve(7), new CancelSource().signal)).toBe(7);
    expect(await cancellable(Promise.resolve(8), undefined)).toBe(8);
  });

  it('rejects at once when cancelled, also before it began', async () => {
    const source = new CancelSource();
    const never = new Promise<never>(() => undefined);
    const waiting = cancellable(never, source.signal);
    source.cancel();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(cancellable(never, source.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
