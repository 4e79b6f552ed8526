import { crc32 } from '#crc32';
import type { StreamName } from './chunk-frame.ts';
import { CHUNK_HEADER_BYTES, encodeChunk } from './chunk-frame.ts';
import { ProtocolError } from './errors.ts';

export interface ChunkSenderOptions {
  readonly stream: StreamName;
  readonly jobId: number;
  /** Bytes of the whole stream. */
  readonly totalBytes: number;
  /** The receiver's window: the most bytes that may be sent and not acknowledged. */
  readonly windowBytes: number;
  /** Payload of one frame at most; not more than the window. */
  readonly chunkBytes: number;
  /** Hands one frame to the socket. If it calls `written` when the frame has left, the frame's memory is used again. */
  readonly send: (frame: Uint8Array<ArrayBuffer>, written: () => void) => void;
  /** Resolves when the socket can take one more frame. */
  readonly ready?: () => Promise<void>;
}

/** Cuts one stream of a job into chunks, and never has more unacknowledged bytes than the window allows (SPEC.md FL). */
export class ChunkSender {
  readonly #options: ChunkSenderOptions;
  /** Frames that have been sent and can be reused, all of the same length. */
  #spares: Uint8Array<ArrayBuffer>[] = [];
  #sequence = 0;
  #sentBytes = 0;
  #acknowledgedBytes = 0;
  #sum = 0;
  #failure: ProtocolError | undefined;
  #wake: (() => void) | undefined;

  constructor(options: ChunkSenderOptions) {
    this.#options = options;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** CRC-32 over everything sent. */
  get sum(): number {
    return this.#sum;
  }

  /**
   * Sends more bytes of the stream; resolves when the last of them is with the socket. One call at a time.
   *
   * @throws ProtocolError `BAD_ARGUMENT` (more than the stream's length), or the error given to {@link abort}
   */
  async write(bytes: Uint8Array): Promise<void> {
    const { totalBytes, chunkBytes, jobId, stream, send, ready } = this.#options;
    if (this.#sentBytes + bytes.length > totalBytes) {
      const got = this.#sentBytes + bytes.length;
      throw new ProtocolError('BAD_ARGUMENT', `${stream} got ${got} bytes, the stream has ${totalBytes}`, { jobId });
    }
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const payload = bytes.subarray(at, Math.min(at + chunkBytes, bytes.length));
      await this.#room(payload.length);
      if (ready !== undefined) await ready();
      if (this.#failure !== undefined) throw this.#failure;
      const end = this.#sentBytes + payload.length;
      const chunk = { stream, jobId, sequence: this.#sequence++, last: end === totalBytes, payload };
      const frame = encodeChunk(chunk, this.#spareFrame(payload.length));
      this.#sentBytes = end;
      this.#sum = crc32(payload, this.#sum);
      send(frame, () => this.#spares.push(frame));
    }
  }

  /**
   * Handles an acknowledgement: `totalBytes` counted from the stream's start.
   *
   * @throws ProtocolError `BAD_MESSAGE` when it goes back or beyond what was sent
   */
  acknowledge(totalBytes: number): void {
    if (totalBytes <= this.#acknowledgedBytes || totalBytes > this.#sentBytes) {
      throw new ProtocolError(
        'BAD_MESSAGE',
        `acknowledgement of ${totalBytes} bytes, needs more than ${this.#acknowledgedBytes} and at most ${this.#sentBytes}`,
      );
    }
    this.#acknowledgedBytes = totalBytes;
    this.#wakeUp();
  }

  /** Makes the present and every later {@link write} fail. */
  abort(error: ProtocolError): void {
    this.#failure ??= error;
    this.#wakeUp();
  }

  #spareFrame(payloadBytes: number): Uint8Array<ArrayBuffer> | undefined {
    const spare = this.#spares.pop();
    if (spare === undefined || spare.length === CHUNK_HEADER_BYTES + payloadBytes) return spare;
    this.#spares = [];
    return undefined;
  }

  async #room(bytes: number): Promise<void> {
    while (this.#sentBytes + bytes - this.#acknowledgedBytes > this.#options.windowBytes) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
