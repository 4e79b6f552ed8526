import type { ProxyImage } from '@evenlight/models';
import type { Chunk } from '@evenlight/protocol';
import { ChunkReceiver, ProtocolError } from '@evenlight/protocol';

const BYTES_PER_PIXEL = 12;

export interface ProxyUploadOptions {
  readonly job: { readonly jobId: number; readonly proxy: { readonly width: number; readonly height: number } };
  readonly windowBytes: number;
  readonly acknowledge: (bytes: number) => void;
  /** Takes memory for so many bytes, before the first of them is kept. Throws when there is none. */
  readonly reserve: (bytes: number) => void;
}

/** The proxy of one job while it arrives; small enough to be held whole. A job that sends none takes no memory. */
export class ProxyUpload {
  readonly #options: ProxyUploadOptions;
  readonly #totalBytes: number;
  readonly #receiver: ChunkReceiver;
  #settled: Promise<ProxyImage>;
  #samples: Float32Array | undefined;
  #resolve: (proxy: ProxyImage) => void = () => undefined;
  #reject: (error: ProtocolError) => void = () => undefined;

  constructor(options: ProxyUploadOptions) {
    const { job, windowBytes } = options;
    this.#options = options;
    const totalBytes = job.proxy.width * job.proxy.height * BYTES_PER_PIXEL;
    this.#totalBytes = totalBytes;
    this.#receiver = new ChunkReceiver({ stream: 'proxy', jobId: job.jobId, totalBytes, windowBytes });
    this.#settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#settled.catch(() => undefined);
  }

  /** Resolves with the whole proxy; rejects when the job ends before. The caller's alone: it is not kept here. */
  take(): Promise<ProxyImage> {
    const received = this.#settled;
    this.#settled = Promise.reject(new Error('the proxy has been taken'));
    this.#settled.catch(() => undefined);
    return received;
  }

  get receivedBytes(): number {
    return this.#receiver.receivedBytes;
  }

  get sum(): number {
    return this.#receiver.sum;
  }

  /**
   * @throws ProtocolError as `ChunkReceiver.accept`, `BAD_REQUEST` when a sample is not between 0 and 1, or what `reserve`
   *   throws
   */
  accept(chunk: Chunk): void {
    const at = this.#receiver.receivedBytes;
    this.#receiver.accept(chunk);
    const samples = this.#open();
    new Uint8Array(samples.buffer).set(chunk.payload, at);
    this.#options.acknowledge(this.#receiver.take(chunk.payload.length));
    if (!this.#receiver.isComplete) return;
    this.#checkSamples(samples);
    // Given away, not kept: it is needed until the prediction has started, the job may last for minutes.
    this.#samples = undefined;
    this.#resolve({ ...this.#options.job.proxy, pixels: samples });
    this.#resolve = () => undefined;
  }

  abort(error: ProtocolError): void {
    this.#samples = undefined;
    this.#reject(error);
  }

  #open(): Float32Array {
    if (this.#samples !== undefined) return this.#samples;
    this.#options.reserve(this.#totalBytes);
    this.#samples = new Float32Array(this.#totalBytes / Float32Array.BYTES_PER_ELEMENT);
    return this.#samples;
  }

  #checkSamples(samples: Float32Array): void {
    const wrong = outOfRange(samples);
    if (wrong === undefined) return;
    const text = `sample ${wrong} of the proxy is ${String(samples[wrong])}, needs a number from 0 to 1`;
    throw new ProtocolError('BAD_REQUEST', text, { jobId: this.#options.job.jobId });
  }
}

/** Where the first sample is that is not 0..1. A loop: `findIndex` takes 5 ms for a proxy, in which the bridge does nothing else. */
function outOfRange(samples: Float32Array): number | undefined {
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!;
    if (!(sample >= 0 && sample <= 1)) return index;
  }
  return undefined;
}
