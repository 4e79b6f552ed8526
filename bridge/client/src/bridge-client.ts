import { errorFrom, onCancel, cancelledError } from '@evenlight/models';
import type { Chunk, ServerHello } from '@evenlight/protocol';
import { MAX_JOB_ID, ProtocolError } from '@evenlight/protocol';
import type { JobMessage, JobRouter } from './client-connection.ts';
import { ClientConnection } from './client-connection.ts';
import type { JobConnection } from './client-job.ts';
import { ClientJob } from './client-job.ts';
import type { ConnectOptions } from './client-options.ts';
import type {
  WireFixRequest,
  WireFixResult,
  JobOptions,
  JobProgress,
  OpenCleanRequest,
  OpenFix,
  OpenFixRequest,
  OpenJob,
  PixelResult,
  WireImageRequest,
  WirePredictRequest,
  PredictResult,
  RowPort,
} from './client-requests.ts';
import { checkCleanRequest, checkFixRequest, checkPredictRequest } from './client-requests.ts';
import { Deferred } from './deferred.ts';
import { beginClean } from './run-clean.ts';
import { beginFix, exchangePixels } from './run-fix.ts';
import { runPredict } from './run-predict.ts';
import type { Transport } from './transport.ts';

type JobBody<T> = (job: ClientJob, onProgress: (progress: JobProgress) => void) => Promise<T>;

/**
 * One connection to a bridge. Jobs may run side by side, as many as the bridge allows. When the connection ends, whatever
 * the reason, every running job is rejected with that reason and the client is of no more use: make a new one
 * (`ReconnectPolicy` says when).
 */
export class BridgeClient {
  readonly #connection: ClientConnection;
  readonly #jobs = new Map<number, ClientJob>();
  #hello: ServerHello | undefined;
  #lastJobId = 0;

  private constructor(transport: Transport, options: ConnectOptions) {
    this.#connection = new ClientConnection(transport, options, this.#router());
  }

  /**
   * Says hello over an open transport and waits for the bridge's answer.
   *
   * @throws ProtocolError `UNAUTHORIZED`, `VERSION_UNSUPPORTED`, `NOT_A_BRIDGE`, `CONNECT_TIMEOUT`, `CONNECTION_LOST`,
   *   `CANCELLED`; the transport is closed then
   */
  static async connect(transport: Transport, options: ConnectOptions): Promise<BridgeClient> {
    const client = new BridgeClient(transport, options);
    client.#hello = await client.#connection.open(options);
    return client;
  }

  /** What the bridge said of itself: versions, models, runtime, limits. */
  get server(): ServerHello {
    if (this.#hello === undefined) throw new Error('the handshake has not ended');
    return this.#hello;
  }

  /** Resolves with the reason when the connection has ended; `CLOSED` after {@link close}. Never rejects. */
  get closed(): Promise<ProtocolError> {
    return this.#connection.closed;
  }

  get isOpen(): boolean {
    return this.#connection.end === undefined;
  }

  /**
   * Predicts the correction for a proxy.
   *
   * @throws ProtocolError `UNKNOWN_MODEL`, `BAD_ARGUMENT`, `TOO_MANY_JOBS`, `BUSY`, `CANCELLED`, `RUNTIME_CRASHED`,
   *   `RUNTIME_FAILED`, `SHUTTING_DOWN`, `DIGEST_MISMATCH`, or the reason for which the connection ended
   */
  predict(request: WirePredictRequest, options: JobOptions = {}): Promise<PredictResult> {
    return this.#run(options, (job) => {
      checkPredictRequest(request, this.server);
      return runPredict(job, request);
    });
  }

  /**
   * Fixes an image of any size: the proxy goes first, then its rows, while corrected rows come back. Neither side ever
   * holds more than the windows and one strip. If a callback throws, the job is cancelled and the promise rejected with
   * what was thrown.
   *
   * @throws ProtocolError as {@link predict}, and `IMAGE_TOO_LARGE`, `BAD_REQUEST` (colour space)
   */
  async fix(request: WireFixRequest, options: JobOptions = {}): Promise<WireFixResult> {
    const job = await this.openFix(request, options);
    return job.apply(request);
  }

  /**
   * Begins to fix an image and resolves with the correction. The caller then decides whether the rows are worth sending.
   *
   * @throws ProtocolError as {@link fix}
   */
  async openFix(request: OpenFixRequest, options: JobOptions = {}): Promise<OpenFix> {
    const { begun, ...job } = await this.#open(request, options, (opening) => {
      checkFixRequest(request, this.server);
      return beginFix(opening, request);
    });
    return { ...begun, ...job, apply: async (rows) => ({ ...begun, ...(await job.apply(rows)) }) };
  }

  /**
   * Gives the bridge a correction, and resolves when it waits for the rows that it is to correct with it and to clean.
   *
   * @throws ProtocolError as {@link fix}
   */
  openClean(request: OpenCleanRequest, options: JobOptions = {}): Promise<OpenJob<PixelResult>> {
    return this.#open(request, options, (job) => {
      checkCleanRequest(request, this.server);
      return beginClean(job, request);
    });
  }

  /** Milliseconds until the bridge has answered. */
  ping(): Promise<number> {
    return this.#connection.ping();
  }

  /** Ends the connection; running jobs are rejected with `CLOSED`. */
  close(): void {
    this.#connection.leave(new ProtocolError('CLOSED', 'the client was closed'));
  }

  /** Begins a job with pixels. It then stays open until its rows are there, or not wanted. */
  async #open<Begun>(
    { image }: WireImageRequest,
    options: JobOptions,
    begin: (job: ClientJob) => Promise<Begun>,
  ): Promise<OpenJob<PixelResult> & { readonly begun: Begun }> {
    const beginning = new Deferred<Begun>();
    const wanted = new Deferred<RowPort>();
    const running = this.#run(options, async (job, onProgress): Promise<PixelResult> => {
      beginning.resolve(await begin(job));
      return exchangePixels(job, image, await wanted.promise, onProgress);
    });
    running.catch((error: unknown) => {
      beginning.reject(errorFrom(error));
    });
    return {
      begun: await beginning.promise,
      apply: (rows) => {
        wanted.resolve(rows);
        return running;
      },
      cancel: () => {
        wanted.reject(new ProtocolError('CANCELLED', 'the pixels are not wanted'));
      },
    };
  }

  async #run<T>(options: JobOptions, body: JobBody<T>): Promise<T> {
    const { end } = this.#connection;
    if (end !== undefined) throw end;
    const { maxJobsPerConnection } = this.server.limits;
    if (this.#jobs.size >= maxJobsPerConnection) {
      const text = `${this.#jobs.size} jobs are running, the bridge takes ${maxJobsPerConnection} of one client`;
      throw new ProtocolError('TOO_MANY_JOBS', text);
    }
    if (this.#lastJobId === MAX_JOB_ID) throw new ProtocolError('CLOSED', 'all job ids of this connection are used');
    const onProgress = options.onProgress ?? (() => undefined);
    const job = new ClientJob(++this.#lastJobId, this.#jobConnection(), onProgress);
    this.#jobs.set(job.id, job);
    const stopListening = onCancel(options.signal, (signal) => {
      job.fail(cancelledError(signal, ProtocolError), { bridgeKnows: false });
    });
    try {
      if (job.failure !== undefined) throw job.failure;
      return await body(job, onProgress);
    } catch (error) {
      const failure = errorFrom(error);
      job.fail(failure, { bridgeKnows: false });
      throw job.failure ?? failure;
    } finally {
      stopListening();
      this.#jobs.delete(job.id);
    }
  }

  #jobConnection(): JobConnection {
    const connection = this.#connection;
    const { limits, chunkBytes } = connection.options;
    const { maxChunkBytes, windowBytes } = this.server.limits;
    return {
      server: this.server,
      windowBytes: limits.windowBytes,
      chunkBytes: Math.min(chunkBytes, maxChunkBytes, windowBytes),
      sendMessage: (message) => {
        connection.sendMessage(message);
      },
      sendFrame: (frame, written) => {
        connection.sendFrame(frame, written);
      },
      readyToSend: () => connection.readyToSend(),
    };
  }

  #router(): JobRouter {
    return {
      onMessage: (message: JobMessage) => {
        this.#running(message.jobId)?.handleMessage(message);
      },
      onChunk: (chunk: Chunk) => {
        this.#running(chunk.jobId)?.handleChunk(chunk);
      },
      onError: (jobId, error) => {
        this.#running(jobId)?.fail(error, { bridgeKnows: true });
      },
      onEnd: (error) => {
        for (const job of [...this.#jobs.values()]) job.fail(error, { bridgeKnows: true });
      },
    };
  }

  /** `undefined`: the job is over, and what still arrives for it is dropped. */
  #running(jobId: number): ClientJob | undefined {
    if (jobId > this.#lastJobId) {
      throw new ProtocolError('UNKNOWN_JOB', `the bridge speaks of job ${jobId}, the last one was ${this.#lastJobId}`);
    }
    const job = this.#jobs.get(jobId);
    return job?.failure === undefined ? job : undefined;
  }
}
