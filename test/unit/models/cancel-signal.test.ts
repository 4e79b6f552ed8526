import {
  cancelledError,
  ModelError,
  onCancel,
  throwIfCancelled,
  untilCancelled,
  type CancelSignal,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

class Cancelled extends Error {
  readonly code: string;
  constructor(code: 'CANCELLED', message: string, options: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const never = new Promise<never>(() => undefined);

describe('throwIfCancelled', () => {
  it("throws the caller's class, with the signal's reason as its cause", () => {
    const controller = new AbortController();
    expect(() => throwIfCancelled(undefined, Cancelled)).not.toThrow();
    expect(() => throwIfCancelled(controller.signal, Cancelled)).not.toThrow();
    controller.abort('enough');
    expect(() => throwIfCancelled(controller.signal, Cancelled)).toThrow(
      expect.objectContaining({ code: 'CANCELLED', message: 'cancelled', cause: 'enough' }),
    );
    expect(cancelledError(controller.signal, Cancelled)).toBeInstanceOf(Cancelled);
  });
});

describe('onCancel', () => {
  it('calls back once, with the signal', () => {
    const controller = new AbortController();
    const seen: CancelSignal[] = [];
    onCancel(controller.signal, (signal) => seen.push(signal));
    expect(seen).toEqual([]);
    controller.abort();
    expect(seen).toEqual([controller.signal]);
  });

  it('calls back at once where the signal is aborted already', () => {
    let calls = 0;
    onCancel(AbortSignal.abort(), () => calls++);
    expect(calls).toBe(1);
  });

  it('does not call back after it has been stopped, or without a signal', () => {
    const controller = new AbortController();
    let calls = 0;
    onCancel(controller.signal, () => calls++)();
    onCancel(undefined, () => calls++)();
    controller.abort();
    expect(calls).toBe(0);
  });
});

describe('untilCancelled', () => {
  it('gives what the work gives when nobody cancels', async () => {
    expect(await untilCancelled(Promise.resolve(7), new AbortController().signal, Cancelled)).toBe(7);
    expect(await untilCancelled(Promise.resolve(8), undefined, Cancelled)).toBe(8);
    const failing = untilCancelled(
      Promise.reject(new ModelError('BAD_IMAGE', 'no')),
      new AbortController().signal,
      Cancelled,
    );
    await expect(failing).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });

  it('rejects at once when cancelled, also where that was before it began', async () => {
    const controller = new AbortController();
    const waiting = untilCancelled(never, controller.signal, Cancelled);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(untilCancelled(never, controller.signal, Cancelled)).rejects.toMatchObject({ code: 'CANCELLED' });
    // Also before work that is done: the caller wants no result any more.
    await expect(untilCancelled(Promise.resolve(1), controller.signal, Cancelled)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('leaves no listener behind', async () => {
    const listeners = new Set<() => void>();
    const signal: CancelSignal = {
      aborted: false,
      reason: undefined,
      addEventListener: (_, listener) => listeners.add(listener),
      removeEventListener: (_, listener) => listeners.delete(listener),
    };
    const work = untilCancelled(Promise.resolve(1), signal, Cancelled);
    expect(listeners.size).toBe(1);
    await work;
    expect(listeners.size).toBe(0);
  });
});
