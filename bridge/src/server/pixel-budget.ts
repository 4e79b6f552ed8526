import { errorFrom, onCancel } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';

interface WaitingJob {
  readonly user: string;
  readonly bytes: number;
  readonly start: () => void;
}

/** When it is worth asking again for room that others have. */
const RETRY_AFTER_MS = 1000;

/**
 * The memory that the pixels of all jobs together, and of one user's jobs, may take. A job that streams pixels waits for its
 * part before its client is told to send them, so waiting costs nothing.
 */
export class PixelBudget {
  readonly #limits: { readonly totalBytes: number; readonly userBytes: number };
  readonly #what: string;
  readonly #byUser = new Map<string, number>();
  #usedBytes = 0;
  #waiting: WaitingJob[] = [];

  /** @param what is given out, for messages */
  constructor(limits: { readonly totalBytes: number; readonly userBytes: number }, what = 'memory') {
    this.#limits = limits;
    this.#what = what;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Takes room at once.
   *
   * @returns gives the room back; may be called twice
   * @throws ProtocolError `BUSY`
   */
  take(user: string, bytes: number): () => void {
    if (this.#hasRoom(user, bytes)) return this.#grant(user, bytes);
    const text = `${bytes} bytes are needed and ${this.#usedBytes} of ${this.#limits.totalBytes} are in use`;
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
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limits.totalBytes;
  }

  #grant(user: string, bytes: number): () => void {
    this.#usedBytes += bytes;
    this.#byUser.set(user, (this.#byUser.get(user) ?? 0) + bytes);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#giveBack(user, bytes);
    };
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
