import { ProtocolError } from '@evenlight/protocol';
import type WebSocket from 'ws';
import { SendGate } from './send-gate.ts';

/** What may wait in a socket beside the chunks that jobs have read already: acknowledgements, progress, pongs. */
const SPARE_BYTES = 2 * 1024 * 1024;

/** Sends frames, and notices a client that reads none (SPEC.md FL7). */
export class SessionOutbox {
  readonly #socket: WebSocket;
  readonly #mostBytes: number;
  readonly #onNotReading: (error: ProtocolError) => void;
  readonly #gate: SendGate;

  /** @param chunkBytes what all jobs of the connection may hand over after the gate was found open */
  constructor(socket: WebSocket, chunkBytes: number, onNotReading: (error: ProtocolError) => void) {
    this.#socket = socket;
    this.#mostBytes = chunkBytes + SPARE_BYTES;
    this.#onNotReading = onNotReading;
    this.#gate = new SendGate(() => socket.bufferedAmount);
  }

  /** Resolves when a chunk may be sent. */
  ready(): Promise<void> {
    return this.#gate.ready();
  }

  /** @param written called when the frame has left, unless the connection ends before */
  send(frame: string | Uint8Array, written?: () => void): void {
    const waitingBytes = this.#socket.bufferedAmount;
    if (waitingBytes > this.#mostBytes) {
      this.#onNotReading(new ProtocolError('NOT_READING', `${waitingBytes} bytes wait for the client`));
      return;
    }
    this.#socket.send(frame, (error) => {
      this.#gate.drained();
      if (!error) written?.();
    });
  }

  end(): void {
    this.#gate.end();
  }
}
