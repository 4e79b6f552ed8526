import {
  type Correction,
  deserializeCorrection,
  type ImageDescription,
  predictPicture,
  type Prediction,
  type ReadPicture,
  serializeCorrection,
} from '@evenlight/models';
import type { Chunk, DownloadStream, JobRequest, WireModel } from '@evenlight/protocol';
import { ChunkSender, crc32, ProtocolError, wireRowBytes } from '@evenlight/protocol';
import type { UserClass } from '../access/access-control.ts';
import type { Account } from './accounts.ts';
import { HeldUpload } from './held-upload.ts';
import {
  checkImage,
  checkProxySize,
  firstStream,
  type PixelRequest,
  type PredictingRequest,
  readProxy,
} from './job-checks.ts';
import { predictForJob, priorityOf } from './job-prediction.ts';
import { type PixelNeeds, pixelNeeds, restorerFor, withRestoration } from './job-restoration.ts';
import type { StripApplier } from '../service/apply-pool.ts';
import type { JobSession } from './job-session.ts';
import { PixelPipeline } from './pixel-pipeline.ts';
import { StallWatch } from './stall-watch.ts';

/** How a job has ended, for the log and the client. */
export interface JobTimes {
  queuedMs: number;
  predictMs: number;
  totalMs: number;
}

/** One job of one connection. Nothing in here knows of any other job. */
export class BridgeJob {
  readonly id: number;
  readonly request: JobRequest;
  readonly times: JobTimes = { queuedMs: 0, predictMs: 0, totalMs: 0 };
  readonly #session: JobSession;
  readonly #model: WireModel | undefined;
  readonly #image: ImageDescription | undefined;
  readonly #abort = new AbortController();
  readonly #upload: HeldUpload;
  readonly #senders = new Map<DownloadStream, ChunkSender>();
  readonly #startMs: number;
  readonly #stall: StallWatch;
  #pipeline: PixelPipeline | undefined;
  #giveBackUpload: () => void = () => undefined;
  #isUploading = true;

  /**
   * @param model absent for a job that brings its correction
   * @param onStall nothing has come from the client for too long
   * @throws ProtocolError `BAD_REQUEST`, `IMAGE_TOO_LARGE`, `UNKNOWN_MODEL`; ModelError `BAD_COLOR_SPACE`, `BAD_IMAGE`; RuntimeError `BUSY`
   */
  constructor(
    request: JobRequest,
    model: WireModel | undefined,
    session: JobSession,
    onStall: (job: BridgeJob, stillMs: number) => void,
  ) {
    const { clock, limits, times, pixels } = session.settings;
    this.id = request.jobId;
    this.request = request;
    this.#model = model;
    this.#session = session;
    this.#startMs = clock.nowMs();
    if (request.type === 'clean') restorerFor(request, session.settings.service);
    else if (model !== undefined) checkProxySize(request, model);
    if (request.type !== 'predict') this.#image = checkImage(request, limits);
    const refusal = session.settings.service.refusal(session.account.key, session.account.uploads);
    if (refusal !== undefined) throw refusal;
    const { stream, totalBytes } = firstStream(request);
    this.#upload = new HeldUpload({
      ...{ stream, totalBytes, jobId: this.id, windowBytes: limits.windowBytes },
      acknowledge: (bytes) => {
        session.sendMessage({ type: 'ack', jobId: this.id, stream, bytes });
      },
      reserve: (bytes) => {
        this.#giveBackUpload = pixels.take(session.account.key, bytes);
      },
    });
    this.#stall = new StallWatch({
      clock,
      limitMs: times.stallTimeoutMs,
      onStall: (stillMs) => {
        onStall(this, stillMs);
      },
    });
    this.#stall.start();
    session.account.uploads++;
  }

  /** Whose job it is. */
  get account(): Account {
    return this.#session.account;
  }

  /** Bytes that have come, of all streams. */
  get receivedBytes(): number {
    return this.#upload.receivedBytes + (this.#pipeline?.inputBytes ?? 0);
  }

  get sentBytes(): number {
    let bytes = 0;
    for (const sender of this.#senders.values()) bytes += sender.sentBytes;
    return bytes;
  }

  get userClass(): UserClass {
    return this.#session.userClass;
  }

  /** Does the job from its first stream to its last message. Rejects with whatever ended it, `done` not being sent then. */
  async run(): Promise<void> {
    const done = await this.#work();
    this.#stall.stop();
    this.times.totalMs = this.#elapsedMs(this.#startMs);
    this.#session.sendMessage({ type: 'done', jobId: this.id, ...done, ...this.times });
  }

  async #work(): Promise<typeof NO_PIXELS> {
    const { request } = this;
    if (request.type === 'clean') return this.#streamPixels(request, await this.#givenCorrection());
    const correction = await this.#predict(request);
    if (request.type === 'fix') return this.#streamPixels(request, correction);
    await this.#sendCorrection(correction);
    return NO_PIXELS;
  }

  /** @throws ProtocolError; with a close code it concerns the connection, else this job */
  handleChunk(chunk: Chunk): void {
    this.#stall.moved();
    if (chunk.stream === this.#upload.stream) this.#upload.accept(chunk);
    else if (chunk.stream === 'pixels' && this.#pipeline !== undefined) this.#pipeline.accept(chunk);
    else {
      const text = `a chunk of ${chunk.stream} came while the job does not wait for it`;
      throw new ProtocolError('UNEXPECTED_CHUNK', text, { jobId: this.id });
    }
  }

  /** @throws ProtocolError `BAD_MESSAGE` */
  handleAck(stream: DownloadStream, bytes: number): void {
    const sender = this.#senders.get(stream);
    if (sender === undefined) {
      throw new ProtocolError('BAD_MESSAGE', `acknowledgement of ${stream}, which job ${this.id} has not begun`);
    }
    this.#stall.moved();
    sender.acknowledge(bytes);
  }

  /** Makes {@link run} reject with the error, wherever it is. */
  abort(error: ProtocolError): void {
    this.times.totalMs = this.#elapsedMs(this.#startMs);
    this.#stall.stop();
    this.#uploadEnded();
    this.#giveBackUpload();
    this.#abort.abort(error);
    this.#upload.abort(error);
    for (const sender of this.#senders.values()) sender.abort(error);
    this.#pipeline?.abort(error);
  }

  #elapsedMs(sinceMs: number): number {
    return Math.max(0, Math.round(this.#session.settings.clock.nowMs() - sinceMs));
  }

  /** The first half of every fix, for a proxy that comes over a socket. The client does the second half. */
  async #predict(request: PredictingRequest): Promise<Correction> {
    const picture = { read: async () => ({ proxy: readProxy(request, await this.#received()) }) };
    const predictor = {
      choose: async () => ({
        input: this.#modelOf().proxy,
        predict: (source: ReadPicture) => this.#ask(request, source),
      }),
    };
    const { prediction } = await predictPicture(picture, predictor);
    return prediction.correction;
  }

  #modelOf(): WireModel {
    if (this.#model === undefined) throw new Error(`a ${this.request.type} job has no model`);
    return this.#model;
  }

  async #received(): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#upload.take();
    this.#stall.stop();
    this.#uploadEnded();
    return bytes;
  }

  /** The client's own correction. From here on it counts as part of the job's pixels. */
  async #givenCorrection(): Promise<Correction> {
    try {
      return deserializeCorrection(await this.#received());
    } finally {
      this.#giveBackUpload();
    }
  }

  #uploadEnded(): void {
    if (this.#isUploading) this.#session.account.uploads--;
    this.#isUploading = false;
  }

  async #ask(request: PredictingRequest, { proxy }: ReadPicture): Promise<{ readonly prediction: Prediction }> {
    try {
      const { signal } = this.#abort;
      const { correction, queuedMs, predictMs } = await predictForJob(request, proxy, this.#session, signal);
      this.times.queuedMs = queuedMs;
      this.times.predictMs = predictMs;
      return { prediction: { correction } };
    } finally {
      this.#giveBackUpload();
    }
  }

  async #sendCorrection(correction: Correction): Promise<void> {
    this.#stall.start();
    const bytes = serializeCorrection(correction);
    const { name, version, checksum } = this.#modelOf();
    const { kind, device, version: engine, description } = this.#session.settings.service.runtime;
    this.#session.sendMessage({
      type: 'correction',
      jobId: this.id,
      model: { name, version, checksum },
      runtime: { kind, device, version: engine, description },
      proxyCrc32: this.#upload.sum,
      sizeBytes: bytes.length,
      crc32: crc32(bytes),
    });
    await this.#openSender('correction', bytes.length).write(bytes);
  }

  #openSender(stream: DownloadStream, totalBytes: number): ChunkSender {
    const { peer, settings, sendFrame, readyToSend } = this.#session;
    const windowBytes = Math.min(peer.windowBytes, settings.limits.windowBytes);
    const sender = new ChunkSender({
      stream,
      jobId: this.id,
      totalBytes,
      windowBytes,
      chunkBytes: Math.min(peer.maxChunkBytes, settings.limits.maxChunkBytes, windowBytes),
      send: sendFrame,
      ready: readyToSend,
    });
    this.#senders.set(stream, sender);
    return sender;
  }

  /** The client may send pixels. */
  async #announcePixels(correction: Correction): Promise<void> {
    if (this.request.type !== 'clean') return this.#sendCorrection(correction);
    this.#stall.start();
    this.#session.sendMessage({ type: 'ready', jobId: this.id, givenCrc32: this.#upload.sum });
  }

  /** Waits for memory first: the client sends pixels only when they are announced. */
  async #streamPixels(request: PixelRequest, correction: Correction): Promise<typeof NO_PIXELS> {
    if (this.#image === undefined) throw new Error(`a ${request.type} job has an image`);
    const { account, settings } = this.#session;
    const needs = pixelNeeds(request, this.#image, settings.service, settings.limits);
    const giveBack = await settings.pixels.wait(account.key, needs.totalBytes, this.#abort.signal);
    try {
      const applier = this.#openApplier(request, this.#image, correction);
      try {
        return await this.#correctPixels(request, correction, { applier, needs });
      } finally {
        applier.close();
      }
    } finally {
      giveBack();
    }
  }

  #openApplier(request: PixelRequest, image: ImageDescription, correction: Correction): StripApplier {
    const { settings, connectionId, account } = this.#session;
    const { strength, evBias } = request;
    const applier = settings.service.createStripApplier(correction, { strength, evBias }, image);
    return withRestoration(applier, request, image, {
      service: settings.service,
      clientId: connectionId,
      userId: account.key,
      priority: priorityOf(request),
      onTiles: (done, total) => {
        if (this.#abort.signal.aborted) return;
        this.#stall.moved();
        this.#session.sendMessage({ type: 'progress', jobId: this.id, stage: 'restoring', fraction: done / total });
      },
    });
  }

  async #correctPixels(
    { image }: PixelRequest,
    correction: Correction,
    { applier, needs }: { readonly applier: StripApplier; readonly needs: PixelNeeds },
  ): Promise<typeof NO_PIXELS> {
    const { limits } = this.#session.settings;
    const rowBytes = wireRowBytes(image);
    const output = this.#openSender('corrected', rowBytes * image.height);
    const pipeline = new PixelPipeline({
      jobId: this.id,
      rowBytes,
      height: image.height,
      windowBytes: limits.windowBytes,
      maxStrips: needs.maxStrips,
      maxStripBytes: needs.maxStripBytes,
      applier,
      output,
      acknowledge: (taken) => {
        if (this.#abort.signal.aborted) return;
        this.#stall.moved();
        this.#session.sendMessage({ type: 'ack', jobId: this.id, stream: 'pixels', bytes: taken });
      },
    });
    this.#pipeline = pipeline;
    await this.#announcePixels(correction);
    await pipeline.run();
    const { inputBytes, inputSum } = pipeline;
    return { inputBytes, inputCrc32: inputSum, outputBytes: output.sentBytes, outputCrc32: output.sum };
  }
}

/** What `done` says of a prediction. */
const NO_PIXELS = { inputBytes: 0, inputCrc32: 0, outputBytes: 0, outputCrc32: 0 };
