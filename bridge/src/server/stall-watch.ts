import type { Clock } from '@evenlight/protocol';

export interface StallWatchOptions {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Called once. */
  readonly onStall: (stillMs: number) => void;
}

/** Watches a job while it waits for its client; calls back when nothing has moved for too long. */
export class StallWatch {
  readonly #options: StallWatchOptions;
  #movedMs: number;
  #stopTimer: (() => void) | undefined;

  constructor(options: StallWatchOptions) {
    this.#options = options;
    this.#movedMs = options.clock.nowMs();
  }

  /** From now on the job waits for its client. */
  start(): void {
    this.moved();
    this.#schedule(this.#options.limitMs);
  }

  /** Bytes have come or gone. */
  moved(): void {
    this.#movedMs = this.#options.clock.nowMs();
  }

  /** The job waits for something else, or is over. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #schedule(delayMs: number): void {
    const { clock, limitMs, onStall } = this.#options;
    this.#stopTimer?.();
    this.#stopTimer = clock.setTimer(() => {
      const stillMs = clock.nowMs() - this.#movedMs;
      if (stillMs < limitMs) this.#schedule(limitMs - stillMs);
      else onStall(stillMs);
    }, delayMs);
  }
}
