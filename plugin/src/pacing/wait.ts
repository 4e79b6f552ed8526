import { onCancel, type CancelSignal } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';

/** Resolves after this time, or as soon as the signal is aborted. Never rejects. */
export function wait(clock: Clock, delayMs: number, signal?: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    let stopListening = (): void => undefined;
    const done = (): void => {
      stopTimer();
      stopListening();
      resolve();
    };
    const stopTimer = clock.setTimer(done, delayMs);
    stopListening = onCancel(signal, done);
  });
}
