/** Connections that go on reading in one turn of the event loop: with a chunk of 1 MiB each, about 10 ms. */
const CONNECTIONS_A_TURN = 4;

/**
 * Connections that have sent a large message and wait to be read on, in their order. The event loop reads a message of every
 * socket that has one before it does anything else: with 64 senders of a megabyte each, everybody's pings waited 150 ms.
 */
export class ReadTurns {
  readonly #waiting = new Set<() => void>();
  #isScheduled = false;

  /**
   * @param resume called in this connection's turn, not before the next turn of the event loop
   * @returns takes it out of the queue
   */
  wait(resume: () => void): () => void {
    this.#waiting.add(resume);
    this.#schedule();
    return () => void this.#waiting.delete(resume);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const resume of [...this.#waiting].slice(0, CONNECTIONS_A_TURN)) {
        this.#waiting.delete(resume);
        resume();
      }
      this.#schedule();
    });
  }
}
