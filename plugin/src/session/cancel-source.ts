import type { CancelSignal } from '@evenlight/client';
import { SessionError } from './errors.ts';

class Signal implements CancelSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly listeners = new Set<() => void>();

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }
}

/**
 * Makes a {@link CancelSignal} and aborts it. Photoshop's own `AbortSignal` is documented for its web streams alone and has
 * no documented events, so it is not used.
 */
export class CancelSource {
  readonly #signal = new Signal();

  get signal(): CancelSignal {
    return this.#signal;
  }

  /** Aborts the signal; calling it again changes nothing. */
  cancel(reason: unknown = new SessionError('CANCELLED', 'cancelled')): void {
    const signal = this.#signal;
    if (signal.aborted) return;
    signal.aborted = true;
    signal.reason = reason;
    const listeners = [...signal.listeners];
    signal.listeners.clear();
    for (const listener of listeners) listener();
  }
}

/** @throws SessionError `CANCELLED` if the signal is aborted */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted === true) throw cancelledError(signal);
}

/**
 * Waits for a promise that does not listen to the signal itself.
 *
 * @throws SessionError `CANCELLED` as soon as the signal is aborted; what the promise does then is nobody's concern
 */
export async function cancellable<T>(promise: Promise<T>, signal: CancelSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  throwIfCancelled(signal);
  let stop = (): void => undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    const listener = (): void => reject(cancelledError(signal));
    signal.addEventListener('abort', listener);
    stop = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([promise, cancelled]);
  } finally {
    stop();
  }
}

function cancelledError(signal: CancelSignal): SessionError {
  return new SessionError('CANCELLED', 'cancelled', { cause: signal.reason });
}
