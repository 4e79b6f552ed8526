import type { Clock } from './clock.ts';

export interface LivenessOptions {
  readonly clock: Clock;
  /** Ask after this much silence. */
  readonly pingAfterMs: number;
  /** Give up when a question has stayed unanswered for this long; asked anew each time, since a running job allows more. */
  readonly deadAfterMs: () => number;
  readonly sendPing: () => void;
  /** Called once; the watch has ended. */
  readonly onDead: (silenceMs: number) => void;
}

/**
 * Watches whether the other side still lives; anything received is a sign of life. A side is dead only when a *question* has
 * stayed unanswered: after this process itself has slept (a modal dialog of the host, a closed laptop), its timer fires
 * before what has arrived meanwhile is read, and silence alone would condemn a peer that is well.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  #lastSignMs: number;
  #askedMs: number | undefined;
  #dueMs = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#lastSignMs = options.clock.nowMs();
    this.#schedule(options.pingAfterMs);
  }

  /** Something has been received. */
  sign(): void {
    this.#lastSignMs = this.#options.clock.nowMs();
    this.#askedMs = undefined;
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(delayMs: number): void {
    const { clock } = this.#options;
    this.#dueMs = clock.nowMs() + delayMs;
    this.#cancelTimer = clock.setTimer(() => {
      this.#check();
    }, delayMs);
  }

  #check(): void {
    const { clock, pingAfterMs, deadAfterMs, sendPing, onDead } = this.#options;
    const now = clock.nowMs();
    const silenceMs = now - this.#lastSignMs;
    const slept = now - this.#dueMs >= pingAfterMs;
    if (silenceMs < pingAfterMs) {
      this.#schedule(pingAfterMs - silenceMs);
      return;
    }
    if (!slept && this.#askedMs !== undefined && now - this.#askedMs >= deadAfterMs()) {
      this.stop();
      onDead(silenceMs);
      return;
    }
    if (slept || this.#askedMs === undefined) this.#askedMs = now;
    sendPing();
    const remainingMs = this.#askedMs + deadAfterMs() - now;
    this.#schedule(Math.max(1, Math.min(pingAfterMs, remainingMs)));
  }
}
