import type { ColorSpace, Correction, Proxy } from '@evenlight/models';
import { checkImageDescription, parseColorSpace, serializeCorrection } from '@evenlight/models';
import type { Chunk, FixMessage, PredictMessage, ReceiveLimits, ServerMessage, WireModel } from '@evenlight/protocol';
import { ChunkSender, crc32, ProtocolError, wireRowBytes } from '@evenlight/protocol';
import type { PredictProgress } from '@evenlight/runtime';
import { PixelPipeline } from './pixel-pipeline.ts';
import { ProxyUpload } from './proxy-upload.ts';
import type { SessionSettings } from './server-options.ts';

/** What a job needs of the connection that it belongs to. */
export interface JobSession {
  readonly connectionId: string;
  readonly settings: SessionSettings;
  /** What the client can receive. */
  readonly peer: ReceiveLimits;
  readonly sendMessage: (message: ServerMessage) => void;
  readonly sendFrame: (frame: Uint8Array) => void;
}

/** How a job has ended, for the log and the client. */
export interface JobTimes {
  queuedMs: number;
  predictMs: number;
  totalMs: number;
}

type OutputStream = 'correction' | 'corrected';

/** One job of one connection. Nothing in here knows of any other job. */
export class BridgeJob {
  readonly id: number;
  readonly request: PredictMessage | FixMessage;
  readonly times: JobTimes = { queuedMs: 0, predictMs: 0, totalMs: 0 };
  readonly #session: JobSession;
  readonly #model: WireModel;
  readonly #colorSpace: ColorSpace | undefined;
  readonly #abort = new AbortController();
  readonly #proxy: ProxyUpload;
  readonly #senders = new Map<OutputStream, ChunkSender>();
  readonly #startMs: number;
  #pipeline: PixelPipeline | undefined;

  /** @throws ProtocolError `BAD_REQUEST`, `IMAGE_TOO_LARGE`; ModelError `BAD_COLOR_SPACE`, `BAD_IMAGE` */
  constructor(request: PredictMessage | FixMessage, model: WireModel, session: JobSession) {
    this.id = request.jobId;
    this.request = request;
    this.#model = model;
    this.#session = session;
    this.#startMs = session.settings.clock.nowMs();
    checkProxySize(request, model);
    this.#colorSpace = request.type === 'fix' ? checkImage(request, session.settings) : undefined;
    const { windowBytes } = session.settings.limits;
    this.#proxy = new ProxyUpload(request, windowBytes, (bytes) => {
      session.sendMessage({ type: 'ack', jobId: this.id, stream: 'proxy', bytes });
    });
  }

  /** Does the job from the proxy to its last message. Rejects with whatever ended it, `done` not being sent then. */
  async run(): Promise<void> {
    const proxy = await this.#proxy.received;
    const correction = await this.#predict(proxy);
    const pipeline = this.request.type === 'fix' ? this.#openPipeline(this.request, correction) : undefined;
    try {
      await this.#sendCorrection(correction);
      await pipeline?.run.run();
    } finally {
      pipeline?.close();
    }
    this.times.totalMs = this.#elapsedMs(this.#startMs);
    this.#session.sendMessage({
      type: 'done',
      jobId: this.id,
      inputBytes: pipeline?.run.inputBytes ?? 0,
      inputCrc32: pipeline?.run.inputSum ?? 0,
      outputBytes: pipeline?.output.sentBytes ?? 0,
      outputCrc32: pipeline?.output.sum ?? 0,
      ...this.times,
    });
  }

  /** @throws ProtocolError; with a close code it concerns the connection, else this job */
  handleChunk(chunk: Chunk): void {
    if (chunk.stream === 'proxy') this.#proxy.accept(chunk);
    else if (chunk.stream === 'pixels' && this.#pipeline !== undefined) this.#pipeline.accept(chunk);
    else {
      const text = `a chunk of ${chunk.stream} came while the job does not wait for it`;
      throw new ProtocolError('UNEXPECTED_CHUNK', text, { jobId: this.id });
    }
  }

  /** @throws ProtocolError `BAD_MESSAGE` */
  handleAck(stream: OutputStream, bytes: number): void {
    const sender = this.#senders.get(stream);
    if (sender === undefined) {
      throw new ProtocolError('BAD_MESSAGE', `acknowledgement of ${stream}, which job ${this.id} has not begun`);
    }
    sender.acknowledge(bytes);
  }

  /** Makes {@link run} reject with the error, wherever it is. */
  abort(error: ProtocolError): void {
    this.times.totalMs = this.#elapsedMs(this.#startMs);
    this.#abort.abort(error);
    this.#proxy.abort(error);
    for (const sender of this.#senders.values()) sender.abort(error);
    this.#pipeline?.abort(error);
  }

  #elapsedMs(sinceMs: number): number {
    return Math.max(0, Math.round(this.#session.settings.clock.nowMs() - sinceMs));
  }

  async #predict(proxy: Proxy): Promise<Correction> {
    const { settings, connectionId } = this.#session;
    const queuedMs = settings.clock.nowMs();
    let startedMs = queuedMs;
    const onProgress = (progress: PredictProgress): void => {
      if (progress.state === 'running') startedMs = settings.clock.nowMs();
      if (!this.#abort.signal.aborted) this.#reportProgress(progress);
    };
    const { signal } = this.#abort;
    const correction = await settings.service.predict(
      { model: this.request.model, proxy, orientation: 'orientation' in this.request ? this.request.orientation : 1 },
      { signal, onProgress, clientId: connectionId },
    );
    signal.throwIfAborted();
    this.times.queuedMs = Math.max(0, Math.round(startedMs - queuedMs));
    this.times.predictMs = this.#elapsedMs(startedMs);
    return correction;
  }

  #reportProgress(progress: PredictProgress): void {
    const { sendMessage } = this.#session;
    const jobId = this.id;
    if (progress.state === 'queued') {
      sendMessage({ type: 'progress', jobId, stage: 'queued', position: progress.position });
    } else sendMessage({ type: 'progress', jobId, stage: progress.state === 'running' ? 'predicting' : 'retrying' });
  }

  async #sendCorrection(correction: Correction): Promise<void> {
    const bytes = serializeCorrection(correction);
    const { name, version, checksum } = this.#model;
    const { kind, device, version: engine, description } = this.#session.settings.service.runtime;
    this.#session.sendMessage({
      type: 'correction',
      jobId: this.id,
      model: { name, version, checksum },
      runtime: { kind, device, version: engine, description },
      proxyCrc32: this.#proxy.sum,
      sizeBytes: bytes.length,
      crc32: crc32(bytes),
    });
    await this.#openSender('correction', bytes.length).write(bytes);
  }

  #openSender(stream: OutputStream, totalBytes: number): ChunkSender {
    const { peer, settings, sendFrame } = this.#session;
    const sender = new ChunkSender({
      stream,
      jobId: this.id,
      totalBytes,
      windowBytes: peer.windowBytes,
      chunkBytes: Math.min(peer.maxChunkBytes, settings.limits.maxChunkBytes),
      send: sendFrame,
    });
    this.#senders.set(stream, sender);
    return sender;
  }

  #openPipeline(
    request: FixMessage,
    correction: Correction,
  ): { readonly run: PixelPipeline; readonly output: ChunkSender; close(): void } {
    if (this.#colorSpace === undefined) throw new Error('a fix job has a colour space');
    const { service, limits } = this.#session.settings;
    const { image, strength, evBias } = request;
    const description = { ...image, colorSpace: this.#colorSpace };
    const applier = service.createStripApplier(correction, { strength, evBias }, description);
    const rowBytes = wireRowBytes(image);
    const output = this.#openSender('corrected', rowBytes * image.height);
    const run = new PixelPipeline({
      jobId: this.id,
      rowBytes,
      height: image.height,
      windowBytes: limits.windowBytes,
      maxStrips: limits.maxStripsPerJob,
      applier,
      output,
      acknowledge: (bytes) => {
        if (this.#abort.signal.aborted) return;
        this.#session.sendMessage({ type: 'ack', jobId: this.id, stream: 'pixels', bytes });
      },
    });
    this.#pipeline = run;
    return {
      run,
      output,
      close: () => {
        applier.close();
      },
    };
  }
}

function checkProxySize({ proxy, jobId }: PredictMessage | FixMessage, model: WireModel): void {
  const { width, height, fit } = model.proxy;
  const fits =
    fit === 'squash'
      ? proxy.width === width && proxy.height === height
      : proxy.width <= width && proxy.height <= height;
  if (fits) return;
  const needs = `${fit === 'squash' ? '' : 'at most '}${width} × ${height}`;
  const text = `the proxy is ${proxy.width} × ${proxy.height}, model ${model.name} needs ${needs}`;
  throw new ProtocolError('BAD_REQUEST', text, { jobId });
}

function checkImage({ image, jobId }: FixMessage, { limits }: SessionSettings): ColorSpace {
  const { width, height } = image;
  if (Math.max(width, height) > limits.maxImageSide || width * height > limits.maxImagePixels) {
    const takes = `${limits.maxImageSide} a side and ${limits.maxImagePixels} pixels`;
    throw new ProtocolError('IMAGE_TOO_LARGE', `the image is ${width} × ${height}, this bridge takes ${takes}`, {
      jobId,
    });
  }
  const colorSpace = parseColorSpace(image.colorSpace);
  checkImageDescription({ ...image, colorSpace });
  return colorSpace;
}
