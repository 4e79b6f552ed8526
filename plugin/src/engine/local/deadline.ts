import { errorFrom } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import { EngineError } from '../../errors.ts';

/** Waits for work until a deadline. After that the work goes on, but its result is ignored. */
export function withDeadline<T>(work: Promise<T>, { clock, patienceMs, what }: DeadlineOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.setTimer(() => {
      reject(new EngineError('TIMEOUT', `${what} did not answer within ${patienceMs / 1000} s`));
    }, patienceMs);
    work.then(
      (result) => {
        stopTimer();
        resolve(result);
      },
      (error: unknown) => {
        stopTimer();
        reject(errorFrom(error));
      },
    );
  });
}

export interface DeadlineOptions {
  readonly clock: Clock;
  readonly patienceMs: number;
  /** For the error: "the webview". */
  readonly what: string;
}
