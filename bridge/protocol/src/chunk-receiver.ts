import { crc32 } from '#crc32';
import type { Chunk, StreamName } from './chunk-frame.ts';
import { ProtocolError } from './errors.ts';

export interface ChunkReceiverOptions {
  readonly stream: StreamName;
  readonly jobId: number;
  /** Bytes the stream will have, as described by the job. */
  readonly totalBytes: number;
  /** This side's window. */
  readonly windowBytes: number;
}

/** Checks the chunks of one stream of a job: order, length, end and window (SPEC.md FR, FL). */
export class ChunkReceiver {
  readonly #options: ChunkReceiverOptions;
  #sequence = 0;
  #receivedBytes = 0;
  #takenBytes = 0;
  #sum = 0;

  constructor(options: ChunkReceiverOptions) {
    this.#options = options;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get isComplete(): boolean {
    return this.#receivedBytes === this.#options.totalBytes;
  }

  /** CRC-32 over everything received. */
  get sum(): number {
    return this.#sum;
  }

  /**
   * Admits the next chunk.
   *
   * @throws ProtocolError `OUT_OF_ORDER`, `TOO_MANY_BYTES`, `WRONG_END` (concern the job), `WINDOW_EXCEEDED` (the connection)
   */
  accept(chunk: Chunk): void {
    const { jobId, stream, totalBytes, windowBytes } = this.#options;
    if (chunk.sequence !== this.#sequence) {
      const text = `${stream} chunk has sequence ${chunk.sequence}, needs ${this.#sequence}`;
      throw new ProtocolError('OUT_OF_ORDER', text, { jobId });
    }
    const end = this.#receivedBytes + chunk.payload.length;
    if (end > totalBytes) {
      throw new ProtocolError('TOO_MANY_BYTES', `${stream} has ${end} bytes or more, needs ${totalBytes}`, { jobId });
    }
    if (chunk.last !== (end === totalBytes)) {
      const text = chunk.last ? 'ends' : 'does not end';
      throw new ProtocolError('WRONG_END', `${stream} ${text} after ${end} bytes, needs ${totalBytes}`, { jobId });
    }
    if (end - this.#takenBytes > windowBytes) {
      const onTheWay = end - this.#takenBytes;
      throw new ProtocolError(
        'WINDOW_EXCEEDED',
        `${stream} has ${onTheWay} bytes on the way, the window is ${windowBytes}`,
      );
    }
    this.#sequence++;
    this.#receivedBytes = end;
    this.#sum = crc32(chunk.payload, this.#sum);
  }

  /** Marks bytes as processed. Returns the total since the stream's start, which is the number to acknowledge. */
  take(bytes: number): number {
    this.#takenBytes += bytes;
    return this.#takenBytes;
  }
}
