import type { Clock } from '@evenlight/protocol';

/** A clock that stands still until it is told to move on. */
export class ManualClock implements Clock {
  #nowMs = 1_000_000;
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  /** Moves on and calls, each at its time, the timers that fall due. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#fire(next);
    }
    this.#nowMs = endMs;
  }

  /** The computer sleeps: time passes, and only then are the timers that fell due called, once each. */
  sleep(ms: number): void {
    this.#nowMs += ms;
    for (const timer of this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs)) this.#fire(timer);
  }

  #fire(timer: { readonly dueMs: number; readonly callback: () => void }): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    timer.callback();
  }
}
