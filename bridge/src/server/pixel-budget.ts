import { errorFrom, onCancel } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';

interface WaitingJob {
  readonly user: string;
  readonly bytes: number;
  readonly start: () => void;
}

interface PixelBudgetLimits {
  readonly totalBytes: number;
  readonly userBytes: number;
  /**
   * Part of `totalBytes` from which {@link PixelBudget.take} serves users who have nothing from it yet, when there is no other
   * room; one piece always fits. Default 0: no reserve.
   */
  readonly reserveBytes?: number;
}

/** When it is worth asking again for room that others have. */
const RETRY_AFTER_MS = 1000;

/**
 * The memory that the pixels of all jobs together, and of one user's jobs, may take. A job that streams pixels waits for its
 * part before its client is told to send them, so waiting costs nothing. A proxy does not wait, so a part is reserved for
 * the first one of each user: nobody's large jobs refuse a click.
 */
export class PixelBudget {
  readonly #limits: Required<PixelBudgetLimits>;
  readonly #what: string;
  readonly #byUser = new Map<string, number>();
  /** How many pieces each user has from {@link take}. */
  readonly #taken = new Map<string, number>();
  #usedBytes = 0;
  #reservedBytes = 0;
  #waiting: WaitingJob[] = [];

  /** @param what is given out, for messages */
  constructor({ reserveBytes = 0, ...limits }: PixelBudgetLimits, what = 'memory') {
    this.#limits = { ...limits, reserveBytes };
    this.#what = what;
  }

  get usedBytes(): number {
    return this.#usedBytes + this.#reservedBytes;
  }

  /**
   * Takes room at once, from the reserve where there is no other.
   *
   * @returns gives the room back; may be called twice
   * @throws ProtocolError `BUSY`
   */
  take(user: string, bytes: number): () => void {
    const giveBack = this.#takeFreely(user, bytes);
    if (giveBack !== undefined) return this.#countTaken(user, giveBack);
    const text = `${bytes} bytes are needed and ${this.usedBytes} of ${this.#limits.totalBytes} are in use`;
    throw new ProtocolError('BUSY', `the bridge has no ${this.#what} for this job now: ${text}`, {
      retryAfterMs: RETRY_AFTER_MS,
      position: this.#waiting.length,
    });
  }

  /** Waits for room; those who wait come in their order, but nobody waits for a user who has all of his part. */
  async wait(user: string, bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#hasRoom(user, bytes)) return this.#grant(user, bytes);
    return new Promise((resolve, reject) => {
      const waiting: WaitingJob = {
        user,
        bytes,
        start: () => {
          stopListening();
          resolve(this.#grant(user, bytes));
        },
      };
      const stopListening = onCancel(signal, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(errorFrom(signal.reason));
      });
      this.#waiting.push(waiting);
    });
  }

  /** Who has nothing always gets what he needs for one job: else a job larger than all of the room would wait for ever. */
  #hasRoom(user: string, bytes: number): boolean {
    const own = this.#byUser.get(user) ?? 0;
    if (own > 0 && own + bytes > this.#limits.userBytes) return false;
    const { totalBytes, reserveBytes } = this.#limits;
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= totalBytes - reserveBytes;
  }

  #takeFreely(user: string, bytes: number): (() => void) | undefined {
    if (this.#hasRoom(user, bytes)) return this.#grant(user, bytes);
    const { reserveBytes } = this.#limits;
    if (reserveBytes === 0 || this.#taken.has(user)) return undefined;
    if (this.#reservedBytes > 0 && this.#reservedBytes + bytes > reserveBytes) return undefined;
    this.#reservedBytes += bytes;
    return () => (this.#reservedBytes -= bytes);
  }

  #countTaken(user: string, giveBack: () => void): () => void {
    this.#taken.set(user, (this.#taken.get(user) ?? 0) + 1);
    return once(() => {
      const left = (this.#taken.get(user) ?? 0) - 1;
      if (left > 0) this.#taken.set(user, left);
      else this.#taken.delete(user);
      giveBack();
    });
  }

  #grant(user: string, bytes: number): () => void {
    this.#usedBytes += bytes;
    this.#byUser.set(user, (this.#byUser.get(user) ?? 0) + bytes);
    return once(() => {
      this.#giveBack(user, bytes);
    });
  }

  #giveBack(user: string, bytes: number): void {
    this.#usedBytes -= bytes;
    const own = (this.#byUser.get(user) ?? 0) - bytes;
    if (own > 0) this.#byUser.set(user, own);
    else this.#byUser.delete(user);
    for (const waiting of [...this.#waiting]) {
      if (!this.#hasRoom(waiting.user, waiting.bytes)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.start();
    }
  }
}

/** A function that does its work at the first call only. */
function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
