import type { Clock } from '@evenlight/protocol';

/** A machine so slow that every look at the clock shows four milliseconds more. Pauses end at once; deadlines never come. */
export class SlowClock implements Clock {
  /** How often other work got its turn. */
  pauses = 0;
  #ms = 0;

  nowMs(): number {
    return (this.#ms += 4);
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    if (delayMs === 0) {
      this.pauses++;
      queueMicrotask(callback);
    }
    return () => undefined;
  }
}
