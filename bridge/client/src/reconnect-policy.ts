import type { ProtocolError } from '@evenlight/protocol';

export interface ReconnectOptions {
  /** 0 ≤ value < 1, as `Math.random`. */
  readonly random: () => number;
  readonly nowMs: () => number;
  /** Longest wait after the first failure; default 500. */
  readonly firstDelayMs?: number;
  /** Default 2. */
  readonly factor?: number;
  /** Default 30 000. */
  readonly maxDelayMs?: number;
  /** A connection that lasted this long counts as sound: the next failure starts from the first delay. Default 10 000. */
  readonly stableAfterMs?: number;
}

/** Try again after a while, or not until somebody has changed something. */
export type ReconnectDecision =
  | { readonly retry: true; readonly delayMs: number; readonly attempt: number }
  | { readonly retry: false; readonly error: ProtocolError };

/**
 * When to connect again. Delays grow by the factor and are drawn from their upper half, so that the clients of a restarted
 * bridge do not come back all at once. Errors that a retry cannot cure (wrong token, version mismatch, close code 1009)
 * are never retried. A bridge that accepts and drops the connection at once does not reset the delay. Has no timers.
 */
export class ReconnectPolicy {
  readonly #options: Required<ReconnectOptions>;
  #failures = 0;
  #connectedAtMs: number | undefined;

  constructor(options: ReconnectOptions) {
    this.#options = { firstDelayMs: 500, factor: 2, maxDelayMs: 30_000, stableAfterMs: 10_000, ...options };
  }

  /** A handshake has succeeded. */
  connected(): void {
    this.#connectedAtMs = this.#options.nowMs();
  }

  /** An attempt has failed, or the connection has ended. */
  failed(error: ProtocolError): ReconnectDecision {
    const { nowMs, stableAfterMs, firstDelayMs, factor, maxDelayMs, random } = this.#options;
    if (this.#connectedAtMs !== undefined && nowMs() - this.#connectedAtMs >= stableAfterMs) this.#failures = 0;
    this.#connectedAtMs = undefined;
    if (!error.retriable) return { retry: false, error };
    const longestMs = Math.min(maxDelayMs, firstDelayMs * factor ** this.#failures);
    this.#failures++;
    const delayMs = Math.round(longestMs * (0.5 + 0.5 * random()));
    return { retry: true, delayMs: Math.max(delayMs, error.details.retryAfterMs ?? 0), attempt: this.#failures };
  }

  /** Somebody has changed something (address, token) or asked by hand: the next delay is the first again. */
  reset(): void {
    this.#failures = 0;
    this.#connectedAtMs = undefined;
  }
}
