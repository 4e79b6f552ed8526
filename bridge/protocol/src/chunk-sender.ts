import { crc32 } from '#crc32';
import type { Chunk, StreamName } from './chunk-frame.ts';
import { CHUNK_HEADER_BYTES, encodeChunk, writeHeader } from './chunk-frame.ts';
import { ProtocolError } from './errors.ts';
import { isFramed } from './framed-bytes.ts';

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
   * Sends more bytes of the stream; resolves when the last of them is with the socket. They are copied. One call at a time.
   *
   * @throws ProtocolError `BAD_ARGUMENT` (more than the stream's length), or the error given to {@link abort}
   */
  async write(bytes: Uint8Array): Promise<void> {
    this.#checkLength(bytes.length);
    const { chunkBytes, send } = this.#options;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const payload = bytes.subarray(at, Math.min(at + chunkBytes, bytes.length));
      const chunk = await this.#nextChunk(payload);
      const frame = encodeChunk(chunk, this.#spareFrame(payload.length));
      send(frame, () => this.#spares.push(frame));
    }
  }

  /**
   * As {@link write}, and the bytes are this sender's from now on: those that lie in a frame ({@link isFramed}) and fit one chunk are
   * sent where they lie.
   *
   * @param written called, as that of `send`, when the bytes have left and their memory is the caller's again
   */
  async handOver(bytes: Uint8Array, written: () => void = () => undefined): Promise<void> {
    if (!isFramed(bytes) || bytes.length > this.#options.chunkBytes) {
      await this.write(bytes);
      written();
      return;
    }
    this.#checkLength(bytes.length);
    const chunk = await this.#nextChunk(bytes);
    const frame = new Uint8Array(bytes.buffer);
    writeHeader(chunk, frame);
    this.#options.send(frame, written);
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

  #checkLength(bytes: number): void {
    const { totalBytes, stream, jobId } = this.#options;
    const got = this.#sentBytes + bytes;
    if (got <= totalBytes) return;
    throw new ProtocolError('BAD_ARGUMENT', `${stream} got ${got} bytes, the stream has ${totalBytes}`, { jobId });
  }

  /** Waits until the window and the socket have room for it; it counts as sent then. */
  async #nextChunk(payload: Uint8Array): Promise<Chunk> {
    const { totalBytes, stream, jobId, ready } = this.#options;
    await this.#room(payload.length);
    if (ready !== undefined) await ready();
    if (this.#failure !== undefined) throw this.#failure;
    this.#sentBytes += payload.length;
    this.#sum = crc32(payload, this.#sum);
    return { stream, jobId, sequence: this.#sequence++, last: this.#sentBytes === totalBytes, payload };
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
