import { type CancelSignal } from '@evenlight/models';
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
