export interface GuessLimits {
  /** How many wrong tokens from one address are answered after the plain delay. */
  readonly freeGuesses: number;
  /** Delay of an answer; it doubles with each wrong token beyond the free ones. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** After this time without a wrong token, an address is forgotten. */
  readonly forgetMs: number;
  /** How many addresses are remembered; the one whose last wrong token is oldest is forgotten first. */
  readonly maxAddresses: number;
}

export const DEFAULT_GUESS_LIMITS: Omit<GuessLimits, 'delayMs'> = {
  freeGuesses: 5,
  maxDelayMs: 60_000,
  forgetMs: 15 * 60_000,
  maxAddresses: 10_000,
};

interface Record {
  wrongCount: number;
  lastMs: number;
  lockedUntilMs: number;
}

/** Counts wrong tokens by address and says how long to make an address wait (SPEC.md AU2, AU6). */
export class GuessGuard {
  readonly #limits: GuessLimits;
  readonly #nowMs: () => number;
  /** The last one to be wrong stands last. */
  readonly #records = new Map<string, Record>();

  constructor(limits: GuessLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Counts a wrong token. Returns the delay of its answer. */
  wrong(group: string): number {
    const { freeGuesses, delayMs, maxDelayMs, maxAddresses } = this.#limits;
    const nowMs = this.#nowMs();
    const record = this.#find(group) ?? { wrongCount: 0, lastMs: nowMs, lockedUntilMs: nowMs };
    record.wrongCount++;
    record.lastMs = nowMs;
    const beyond = Math.max(0, record.wrongCount - freeGuesses);
    const waitMs = Math.min(maxDelayMs, delayMs * 2 ** Math.min(beyond, 30));
    if (beyond > 0) record.lockedUntilMs = nowMs + waitMs;
    this.#records.delete(group);
    this.#records.set(group, record);
    if (this.#records.size > maxAddresses) {
      const [oldest] = this.#records.keys();
      if (oldest !== undefined) this.#records.delete(oldest);
    }
    return Math.max(delayMs, waitMs);
  }

  /** For how long guessable tokens from this address are not compared; 0: they are. */
  lockedForMs(group: string): number {
    const record = this.#find(group);
    return record === undefined ? 0 : Math.max(0, record.lockedUntilMs - this.#nowMs());
  }

  #find(group: string): Record | undefined {
    const record = this.#records.get(group);
    if (record === undefined || this.#nowMs() - record.lastMs < this.#limits.forgetMs) return record;
    this.#records.delete(group);
    return undefined;
  }
}
