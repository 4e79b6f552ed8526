import type WebSocket from 'ws';
import type { ReadTurns } from './read-turns.ts';

/** Whoever sends a message as large as this waits for his turn before the next one is read. */
const LARGE_MESSAGE_BYTES = 64 * 1024;

/** Stops and resumes the reading of one connection, so that others have their part of the event loop. */
export class ReadPace {
  readonly #socket: Pick<WebSocket, 'isPaused' | 'pause' | 'resume'>;
  readonly #turns: ReadTurns;
  #stopWaiting: () => void = () => undefined;

  constructor(socket: Pick<WebSocket, 'isPaused' | 'pause' | 'resume'>, turns: ReadTurns) {
    this.#socket = socket;
    this.#turns = turns;
  }

  /**
   * Called after each message. Nothing happens to a connection that waits already.
   *
   * @param pauseMs how long its sender is not read because he has taken more than his part; 0 or more
   * @param bytes length of the message: after a large one the connection waits for its turn
   */
  pause(pauseMs: number, bytes: number): void {
    if (this.#socket.isPaused) return;
    if (pauseMs > 0) this.#waitFor(pauseMs);
    else if (bytes >= LARGE_MESSAGE_BYTES) this.#waitForTurn();
  }

  /** The connection ends: what it still sends is read, so that its close frame is seen. */
  stop(): void {
    this.#stopWaiting();
    this.#socket.resume();
  }

  #waitFor(pauseMs: number): void {
    this.#socket.pause();
    const timer = setTimeout(() => {
      this.#socket.resume();
    }, pauseMs);
    this.#stopWaiting = () => {
      clearTimeout(timer);
    };
  }

  #waitForTurn(): void {
    this.#socket.pause();
    this.#stopWaiting = this.#turns.wait(() => {
      this.#socket.resume();
    });
  }
}
