import type { Clock } from '@evenlight/protocol';
import { EngineError } from '../../errors.ts';

/** Waits for work, but not for ever. The work itself goes on; what it gives after the deadline goes to `tooLate`. */
export function withDeadline<T>(
  work: Promise<T>,
  { clock, patienceMs, what, tooLate }: DeadlineOptions<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const stopTimer = clock.setTimer(() => {
      isOver = true;
      reject(new EngineError('TIMEOUT', `${what} did not answer within ${patienceMs / 1000} s`));
    }, patienceMs);
    work.then(
      (result) => {
        stopTimer();
        if (isOver) tooLate?.(result);
        else resolve(result);
      },
      (error: unknown) => {
        stopTimer();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

export interface DeadlineOptions<T> {
  readonly clock: Clock;
  readonly patienceMs: number;
  /** For the error: "the webview". */
  readonly what: string;
  readonly tooLate?: (result: T) => void;
}
