import type { Clock } from './clock.ts';

export interface LivenessOptions {
  readonly clock: Clock;
  /** Send a ping after this much silence. */
  readonly pingAfterMs: number;
  /** The other side counts as dead when a ping stays unanswered for this long. Called each time, because a running job allows more. */
  readonly deadAfterMs: () => number;
  readonly sendPing: () => void;
  /** Called once, and ends the watch. */
  readonly onDead: (silenceMs: number) => void;
}

/**
 * Watches whether the other side is alive; anything received shows that it is. It counts as dead only when a *ping* has stayed
 * unanswered. Silence alone would condemn a peer that is well: after this process was suspended (a modal dialog of the host, a
 * closed laptop), its timer fires before it reads what has arrived meanwhile.
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

  /** Call it when anything has been received. */
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
