/** Frames wait here, not in the socket, while more than this waits in the socket. */
const FULL_BYTES = 1024 * 1024;

/** Holds senders back while the socket's own buffer is full, so that a slow reader costs no more than the data read so far. */
export class SendGate {
  readonly #bufferedBytes: () => number;
  #waiting: (() => void)[] = [];
  #isOver = false;

  constructor(bufferedBytes: () => number) {
    this.#bufferedBytes = bufferedBytes;
  }

  /** Resolves when the socket can take one more frame, or is closed. */
  ready(): Promise<void> {
    if (this.#isOver || this.#bufferedBytes() < FULL_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A frame has left the socket's buffer. */
  drained(): void {
    if (this.#bufferedBytes() < FULL_BYTES) this.#release();
  }

  /** The connection has ended: nobody waits any more. */
  end(): void {
    this.#isOver = true;
    this.#release();
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
