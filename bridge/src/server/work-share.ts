/** The part of the event loop's time that the messages of one user may take while others wait. */
const SHARE = 0.5;
/** Time that a connection may take at once. */
const BURST_MS = 50;
/** A connection counts as busy for so long after it had to wait: the busy ones divide the share. */
const BUSY_MS = 250;
/** Nobody is left unread for longer: a minute without a sign ends a connection, and a job whose chunks do not come. */
const LONGEST_PAUSE_MS = 10_000;
/** What a message costs before it reaches us: its frame is parsed … */
const FRAME_MS = 0.003;
/** … and its bytes are read, joined and unmasked. */
const MEGABYTE_MS = 0.5;

/**
 * Divides the event loop between users, and each user's part between his busy connections, by the time that handling their
 * messages takes. Whatever a message costs, and whatever makes it cost that, its sender pays: he is not read for a while.
 */
export class WorkShare {
  readonly #members = new Set<WorkMember>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  join(): WorkMember {
    const member = new WorkMember(this.#nowMs, () => this.#busyCount());
    this.#members.add(member);
    return member;
  }

  leave(member: WorkMember): void {
    this.#members.delete(member);
  }

  #busyCount(): number {
    const nowMs = this.#nowMs();
    let count = 0;
    for (const member of this.#members) if (member.busyUntilMs >= nowMs) count++;
    return Math.max(1, count);
  }
}

/** One connection's account of time. */
export class WorkMember {
  readonly #nowMs: () => number;
  readonly #busyCount: () => number;
  #balanceMs = BURST_MS;
  #settledMs: number;
  #busyUntilMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: () => number, busyCount: () => number) {
    this.#nowMs = nowMs;
    this.#busyCount = busyCount;
    this.#settledMs = nowMs();
  }

  get busyUntilMs(): number {
    return this.#busyUntilMs;
  }

  /** Pays for one message; returns for how long its sender is not to be read now, 0 for not at all. */
  spend(workMs: number, bytes = 0): number {
    this.#balanceMs -= workMs + FRAME_MS + (bytes / 1e6) * MEGABYTE_MS;
    if (this.#balanceMs > 0) return 0;
    const nowMs = this.#nowMs();
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs);
    const share = SHARE / this.#busyCount();
    this.#balanceMs = Math.min(BURST_MS, this.#balanceMs + (nowMs - this.#settledMs) * share);
    this.#settledMs = nowMs;
    if (this.#balanceMs > 0) return 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.ceil((BURST_MS / 2 - this.#balanceMs) / share));
    this.#busyUntilMs = nowMs + pauseMs + BUSY_MS;
    return pauseMs;
  }
}
