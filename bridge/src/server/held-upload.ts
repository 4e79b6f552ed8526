import type { Chunk, StreamName } from '@evenlight/protocol';
import { ChunkReceiver, type ProtocolError } from '@evenlight/protocol';

export interface HeldUploadOptions {
  readonly stream: StreamName;
  readonly jobId: number;
  readonly totalBytes: number;
  readonly windowBytes: number;
  readonly acknowledge: (bytes: number) => void;
  /** Takes memory for so many bytes, before the first of them is kept. Throws when there is none. */
  readonly reserve: (bytes: number) => void;
}

/**
 * A stream of one job that is small enough to be held whole, while it arrives: a proxy, or a client's correction. A job that sends
 * none takes no memory.
 */
export class HeldUpload {
  readonly #options: HeldUploadOptions;
  readonly #receiver: ChunkReceiver;
  #settled: Promise<Uint8Array<ArrayBuffer>>;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #resolve: (bytes: Uint8Array<ArrayBuffer>) => void = () => undefined;
  #reject: (error: ProtocolError) => void = () => undefined;

  constructor(options: HeldUploadOptions) {
    this.#options = options;
    this.#receiver = new ChunkReceiver(options);
    this.#settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#settled.catch(() => undefined);
  }

  get stream(): StreamName {
    return this.#options.stream;
  }

  /** Resolves with all bytes, in a buffer of their own; rejects when the job ends before. They are the caller's alone: none are kept here. */
  take(): Promise<Uint8Array<ArrayBuffer>> {
    const received = this.#settled;
    this.#settled = Promise.reject(new Error(`the ${this.stream} has been taken`));
    this.#settled.catch(() => undefined);
    return received;
  }

  get receivedBytes(): number {
    return this.#receiver.receivedBytes;
  }

  get sum(): number {
    return this.#receiver.sum;
  }

  /** @throws ProtocolError as `ChunkReceiver.accept`, or what `reserve` throws */
  accept(chunk: Chunk): void {
    const at = this.#receiver.receivedBytes;
    this.#receiver.accept(chunk);
    const bytes = this.#open();
    bytes.set(chunk.payload, at);
    this.#options.acknowledge(this.#receiver.take(chunk.payload.length));
    if (!this.#receiver.isComplete) return;
    // Given away, not kept: the job may last for minutes.
    this.#bytes = undefined;
    this.#resolve(bytes);
    this.#resolve = () => undefined;
  }

  abort(error: ProtocolError): void {
    this.#bytes = undefined;
    this.#reject(error);
  }

  #open(): Uint8Array<ArrayBuffer> {
    if (this.#bytes !== undefined) return this.#bytes;
    const { totalBytes, reserve } = this.#options;
    reserve(totalBytes);
    this.#bytes = new Uint8Array(totalBytes);
    return this.#bytes;
  }
}
