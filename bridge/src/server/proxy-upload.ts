import type { Proxy } from '@evenlight/models';
import type { Chunk } from '@evenlight/protocol';
import { ChunkReceiver, ProtocolError } from '@evenlight/protocol';

const BYTES_PER_PIXEL = 12;

/** The proxy of one job while it arrives; small enough to be held whole. */
export class ProxyUpload {
  readonly #jobId: number;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #samples: Float32Array;
  readonly #bytes: Uint8Array;
  readonly #receiver: ChunkReceiver;
  readonly #acknowledge: (bytes: number) => void;
  readonly #settled: Promise<Proxy>;
  #resolve: (proxy: Proxy) => void = () => undefined;
  #reject: (error: ProtocolError) => void = () => undefined;

  constructor(
    job: { readonly jobId: number; readonly proxy: { readonly width: number; readonly height: number } },
    windowBytes: number,
    acknowledge: (bytes: number) => void,
  ) {
    const { width, height } = job.proxy;
    this.#jobId = job.jobId;
    this.#size = { width, height };
    this.#samples = new Float32Array(width * height * 3);
    this.#bytes = new Uint8Array(this.#samples.buffer);
    const totalBytes = width * height * BYTES_PER_PIXEL;
    this.#receiver = new ChunkReceiver({ stream: 'proxy', jobId: job.jobId, totalBytes, windowBytes });
    this.#acknowledge = acknowledge;
    this.#settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#settled.catch(() => undefined);
  }

  /** Resolves with the whole proxy; rejects when the job ends before. */
  get received(): Promise<Proxy> {
    return this.#settled;
  }

  get sum(): number {
    return this.#receiver.sum;
  }

  /** @throws ProtocolError as `ChunkReceiver.accept`, and `BAD_REQUEST` when a sample is not between 0 and 1 */
  accept(chunk: Chunk): void {
    const at = this.#receiver.receivedBytes;
    this.#receiver.accept(chunk);
    this.#bytes.set(chunk.payload, at);
    this.#acknowledge(this.#receiver.take(chunk.payload.length));
    if (!this.#receiver.isComplete) return;
    this.#checkSamples();
    this.#resolve({ ...this.#size, pixels: this.#samples });
  }

  abort(error: ProtocolError): void {
    this.#reject(error);
  }

  #checkSamples(): void {
    const wrong = this.#samples.findIndex((sample) => !(sample >= 0 && sample <= 1));
    if (wrong === -1) return;
    const text = `sample ${wrong} of the proxy is ${String(this.#samples[wrong])}, needs a number from 0 to 1`;
    throw new ProtocolError('BAD_REQUEST', text, { jobId: this.#jobId });
  }
}
