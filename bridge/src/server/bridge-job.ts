import {
  type Correction,
  type ImageDescription,
  predictPicture,
  type Prediction,
  type ReadPicture,
  serializeCorrection,
} from '@evenlight/models';
import type {
  Chunk,
  DownloadStream,
  FixMessage,
  PredictMessage,
  ReceiveLimits,
  ServerMessage,
  WireModel,
} from '@evenlight/protocol';
import { ChunkSender, crc32, ProtocolError, wireRowBytes } from '@evenlight/protocol';
import type { PredictProgress } from '@evenlight/runtime';
import type { UserClass } from '../access/access-control.ts';
import type { Account } from './accounts.ts';
import { checkImage, checkProxySize } from './job-checks.ts';
import { checkRestoration, type PixelNeeds, pixelNeeds, withRestoration } from './job-restoration.ts';
import type { StripApplier } from '../service/apply-pool.ts';
import { PixelPipeline } from './pixel-pipeline.ts';
import { ProxyUpload } from './proxy-upload.ts';
import type { SessionSettings } from './server-options.ts';
import { StallWatch } from './stall-watch.ts';

/** What a job needs of the connection that it belongs to. */
export interface JobSession {
  readonly connectionId: string;
  readonly account: Account;
  readonly userClass: UserClass;
  readonly settings: SessionSettings;
  /** What the client can receive. */
  readonly peer: ReceiveLimits;
  readonly sendMessage: (message: ServerMessage) => void;
  readonly sendFrame: (frame: Uint8Array, written: () => void) => void;
  /** Resolves when the socket can take one more frame. */
  readonly readyToSend: () => Promise<void>;
}

/** How a job has ended, for the log and the client. */
export interface JobTimes {
  queuedMs: number;
  predictMs: number;
  totalMs: number;
}

/** One job of one connection. Nothing in here knows of any other job. */
export class BridgeJob {
  readonly id: number;
  readonly request: PredictMessage | FixMessage;
  readonly times: JobTimes = { queuedMs: 0, predictMs: 0, totalMs: 0 };
  readonly #session: JobSession;
  readonly #model: WireModel;
  readonly #image: ImageDescription | undefined;
  readonly #abort = new AbortController();
  readonly #proxy: ProxyUpload;
  readonly #senders = new Map<DownloadStream, ChunkSender>();
  readonly #startMs: number;
  readonly #stall: StallWatch;
  #pipeline: PixelPipeline | undefined;
  #giveBackProxy: () => void = () => undefined;
  #isUploading = true;

  /**
   * @param onStall nothing has come from the client for too long
   * @throws ProtocolError `BAD_REQUEST`, `IMAGE_TOO_LARGE`; ModelError `BAD_COLOR_SPACE`, `BAD_IMAGE`; RuntimeError `BUSY`
   */
  constructor(
    request: PredictMessage | FixMessage,
    model: WireModel,
    session: JobSession,
    onStall: (job: BridgeJob, stillMs: number) => void,
  ) {
    const { clock, limits, times, pixels } = session.settings;
    this.id = request.jobId;
    this.request = request;
    this.#model = model;
    this.#session = session;
    this.#startMs = clock.nowMs();
    checkProxySize(request, model);
    if (request.type === 'fix') {
      this.#image = { ...request.image, colorSpace: checkImage(request, limits) };
      checkRestoration(request, session.settings.service);
    }
    const refusal = session.settings.service.refusal(session.account.key, session.account.uploads);
    if (refusal !== undefined) throw refusal;
    this.#proxy = new ProxyUpload({
      job: request,
      windowBytes: limits.windowBytes,
      acknowledge: (bytes) => {
        session.sendMessage({ type: 'ack', jobId: this.id, stream: 'proxy', bytes });
      },
      reserve: (bytes) => {
        this.#giveBackProxy = pixels.take(session.account.key, bytes);
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

  /** Bytes of proxy and pixels that have come. */
  get receivedBytes(): number {
    return this.#proxy.receivedBytes + (this.#pipeline?.inputBytes ?? 0);
  }

  get sentBytes(): number {
    let bytes = 0;
    for (const sender of this.#senders.values()) bytes += sender.sentBytes;
    return bytes;
  }

  get userClass(): UserClass {
    return this.#session.userClass;
  }

  /** Does the job from the proxy to its last message. Rejects with whatever ended it, `done` not being sent then. */
  async run(): Promise<void> {
    const correction = await this.#predict();
    const done =
      this.request.type === 'fix'
        ? await this.#streamPixels(this.request, correction)
        : await this.#sendCorrection(correction).then(() => NO_PIXELS);
    this.#stall.stop();
    this.times.totalMs = this.#elapsedMs(this.#startMs);
    this.#session.sendMessage({ type: 'done', jobId: this.id, ...done, ...this.times });
  }

  /** @throws ProtocolError; with a close code it concerns the connection, else this job */
  handleChunk(chunk: Chunk): void {
    this.#stall.moved();
    if (chunk.stream === 'proxy') this.#proxy.accept(chunk);
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
    this.#giveBackProxy();
    this.#abort.abort(error);
    this.#proxy.abort(error);
    for (const sender of this.#senders.values()) sender.abort(error);
    this.#pipeline?.abort(error);
  }

  #elapsedMs(sinceMs: number): number {
    return Math.max(0, Math.round(this.#session.settings.clock.nowMs() - sinceMs));
  }

  /** The first half of every fix, for a proxy that comes over a socket. The client does the second half. */
  async #predict(): Promise<Correction> {
    const picture = { read: () => this.#received() };
    const predictor = {
      choose: async () => ({ input: this.#model.proxy, predict: (source: ReadPicture) => this.#ask(source) }),
    };
    const { prediction } = await predictPicture(picture, predictor);
    return prediction.correction;
  }

  async #received(): Promise<ReadPicture> {
    const proxy = await this.#proxy.take();
    this.#stall.stop();
    this.#uploadEnded();
    return { proxy };
  }

  #uploadEnded(): void {
    if (this.#isUploading) this.#session.account.uploads--;
    this.#isUploading = false;
  }

  async #ask({ proxy }: ReadPicture): Promise<{ readonly prediction: Prediction }> {
    const { settings, connectionId, account } = this.#session;
    const queuedMs = settings.clock.nowMs();
    let startedMs = queuedMs;
    const onProgress = (progress: PredictProgress): void => {
      if (progress.state === 'running') startedMs = settings.clock.nowMs();
      if (!this.#abort.signal.aborted) this.#reportProgress(progress);
    };
    const { signal } = this.#abort;
    const orientation = 'orientation' in this.request ? this.request.orientation : 1;
    const priority = this.request.batch === true ? 'batch' : 'interactive';
    try {
      const correction = await settings.service.predict(
        { model: this.request.model, proxy, orientation },
        { signal, onProgress, clientId: connectionId, userId: account.key, priority },
      );
      signal.throwIfAborted();
      this.times.queuedMs = Math.max(0, Math.round(startedMs - queuedMs));
      this.times.predictMs = this.#elapsedMs(startedMs);
      return { prediction: { correction } };
    } finally {
      this.#giveBackProxy();
    }
  }

  #reportProgress(progress: PredictProgress): void {
    const { sendMessage } = this.#session;
    const jobId = this.id;
    if (progress.state === 'queued') {
      sendMessage({ type: 'progress', jobId, stage: 'queued', position: progress.position });
    } else sendMessage({ type: 'progress', jobId, stage: progress.state === 'running' ? 'predicting' : 'retrying' });
  }

  async #sendCorrection(correction: Correction): Promise<void> {
    this.#stall.start();
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

  /** Waits for memory first: the client sends pixels only after the correction. */
  async #streamPixels(request: FixMessage, correction: Correction): Promise<typeof NO_PIXELS> {
    if (this.#image === undefined) throw new Error('a fix job has an image');
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

  #openApplier(request: FixMessage, image: ImageDescription, correction: Correction): StripApplier {
    const { settings, connectionId, account } = this.#session;
    const { strength, evBias, batch } = request;
    const applier = settings.service.createStripApplier(correction, { strength, evBias }, image);
    return withRestoration(applier, request, image, {
      restorer: settings.service.restorer,
      clientId: connectionId,
      userId: account.key,
      priority: batch === true ? 'batch' : 'interactive',
      onTiles: (done, total) => {
        if (this.#abort.signal.aborted) return;
        this.#stall.moved();
        this.#session.sendMessage({ type: 'progress', jobId: this.id, stage: 'restoring', fraction: done / total });
      },
    });
  }

  async #correctPixels(
    { image }: FixMessage,
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
    await this.#sendCorrection(correction);
    await pipeline.run();
    const { inputBytes, inputSum } = pipeline;
    return { inputBytes, inputCrc32: inputSum, outputBytes: output.sentBytes, outputCrc32: output.sum };
  }
}

/** What `done` says of a prediction. */
const NO_PIXELS = { inputBytes: 0, inputCrc32: 0, outputBytes: 0, outputCrc32: 0 };
