import type { Clock } from '@evenlight/protocol';

/** Time passes only while work says so. Timers fire at once. */
export class WorkClock implements Clock {
  ms = 0;
  /** How long each stretch without a pause took. */
  readonly stretches: number[] = [];
  #lastPauseMs = 0;

  nowMs(): number {
    return this.ms;
  }

  setTimer(callback: () => void): () => void {
    this.stretches.push(this.ms - this.#lastPauseMs);
    this.#lastPauseMs = this.ms;
    queueMicrotask(callback);
    return () => undefined;
  }
}
