import { messageOf, cancelledError, onCancel, type CancelSignal } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import type { EngineInfo, NetworkFolder, RuntimeKind } from '../tfjs/runtime.ts';
import type { InferenceRequest, ProxyTask, TilesTask } from './inference-messages.ts';
import { InferenceProcess } from './inference-process.ts';
import { InferenceSlot } from './inference-slot.ts';
import { type Priority, type Turn, TurnQueue } from './turn-queue.ts';

/** The state of a prediction. `position` 0 is next to run. `retrying`: the inference process died, and a new one takes over. */
export type PredictProgress =
  | { readonly state: 'queued'; readonly position: number }
  | { readonly state: 'running' }
  | { readonly state: 'retrying' };

export interface InferenceOptions {
  /** Aborting rejects with `CANCELLED` at once. A prediction that is already running goes on; its result is dropped. */
  readonly signal?: CancelSignal | undefined;
  readonly onProgress?: (progress: PredictProgress) => void;
  /** Whose job this is: users take turns, and so do each user's clients. Default: one anonymous user. */
  readonly userId?: string;
  readonly clientId?: string;
  /** Whether somebody waits in front of a screen (the default), or a batch runs by itself. */
  readonly priority?: Priority;
}

export interface InferencePoolOptions {
  readonly kind: RuntimeKind;
  /** At least one of them corrects exposure. */
  readonly models: readonly NetworkFolder[];
  /** One process is started with each of these environments, which select its device. */
  readonly devices: readonly Readonly<Record<string, string>>[];
  /** The most jobs of one user that may wait. */
  readonly queueLimit: number;
  /** If a prediction takes longer, its process counts as hung. */
  readonly timeoutMs: number;
  /** A job that has waited for longer ends with `BUSY`; default 120 000. */
  readonly maxQueueMs?: number;
  /** How often an idle process runs the network to check that it still works; default 30 000. */
  readonly selfTestIntervalMs?: number;
  /** Default 20 000 jobs. */
  readonly recycleAfterJobs?: number;
  /** Default 4 GiB. */
  readonly recycleAboveBytes?: number;
}

const DEFAULTS = {
  maxQueueMs: 120_000,
  selfTestIntervalMs: 30_000,
  recycleAfterJobs: 20_000,
  recycleAboveBytes: 4 * 1024 ** 3,
};

interface InferenceJob {
  readonly turn: Turn;
  readonly request: InferenceRequest;
  readonly onProgress: (progress: PredictProgress) => void;
  readonly settle: (outcome: Uint8Array | RuntimeError) => void;
  isSettled: boolean;
  isRetry: boolean;
  position: number | undefined;
}

/** What an operator wants to know of one device. */
export interface DeviceState {
  readonly isUp: boolean;
  readonly isFree: boolean;
  /** How often its process has been replaced. */
  readonly restarts: number;
  readonly pid: number;
}

/** The assumed time of a job until the first one has been timed. */
const ASSUMED_JOB_MS = 500;
/** How many users can fill their queues before the pool takes no more jobs. */
const USERS_TO_FILL_QUEUE = 8;
const RETRY_AFTER_MS = { min: 100, max: 60_000 };

/**
 * One inference process per device behind one bounded queue. A job whose process dies is run once more, on a fresh process.
 */
export class InferencePool {
  readonly #options: InferencePoolOptions;
  readonly #slots: readonly InferenceSlot[];
  #info: EngineInfo | undefined;
  readonly #queue = new TurnQueue<InferenceJob>();
  readonly #running = new Set<InferenceJob>();
  #averageJobMs = ASSUMED_JOB_MS;
  #isClosed = false;
  #isDraining = false;
  #onEmpty: () => void = () => undefined;

  private constructor(options: InferencePoolOptions) {
    this.#options = options;
    const { models, timeoutMs, devices } = options;
    const { selfTestIntervalMs, recycleAfterJobs, recycleAboveBytes } = { ...DEFAULTS, ...options };
    this.#slots = devices.map(
      (environment) =>
        new InferenceSlot({
          launch: () => launch(options, environment),
          selfTest: selfTestOf(models),
          timeoutMs,
          selfTestIntervalMs,
          recycleAfterJobs,
          recycleAboveBytes,
          onReady: () => {
            this.#dispatch();
          },
          onFailed: (error) => {
            this.#giveUpIfDown(error);
          },
        }),
    );
  }

  /** @throws RuntimeError `RUNTIME_UNAVAILABLE`, `RUNTIME_CRASHED`, `MODEL_CHECKSUM`, `MODEL_INVALID` */
  static async start(options: InferencePoolOptions): Promise<InferencePool> {
    const pool = new InferencePool(options);
    try {
      const [info] = await Promise.all(pool.#slots.map((slot) => slot.start()));
      if (info === undefined) throw new Error('an inference pool needs at least one device');
      pool.#info = info;
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** What the first device runs. */
  get info(): EngineInfo {
    if (this.#info === undefined) throw new Error('the pool has not started');
    return this.#info;
  }

  /** Whether at least one device has run the network and has not failed since. */
  get isReady(): boolean {
    return !this.#isClosed && this.#slots.some((slot) => slot.isUp);
  }

  get devices(): readonly DeviceState[] {
    return this.#slots.map(({ isUp, isFree, restarts, process }) => ({ isUp, isFree, restarts, pid: process.pid }));
  }

  /** Jobs waiting or running. */
  get length(): number {
    return this.#queue.size + this.#running.size;
  }

  /** The process IDs of the current inference processes. */
  get processIds(): readonly number[] {
    return this.#slots.map((slot) => slot.process.pid);
  }

  /**
   * @returns the correction in its binary form
   * @throws RuntimeError `BUSY`, `CANCELLED`, `RUNTIME_CRASHED`, `RUNTIME_FAILED`, `CLOSED`
   */
  predict(request: Omit<ProxyTask, 'kind'>, options: InferenceOptions): Promise<Uint8Array> {
    const refusal = this.refusal(options.userId ?? '', 0);
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.#submit({ kind: 'prediction', ...request }, options);
  }

  /**
   * The error that would refuse a prediction of this user because the queue is full; undefined if it would be accepted.
   *
   * @param coming predictions of the same user that will come before it
   * @returns `BUSY`
   */
  refusal(user: string, coming: number): RuntimeError | undefined {
    if (this.#isClosed) return undefined;
    const startAtOnce = this.#queue.size > 0 ? 0 : this.#slots.filter((slot) => slot.isFree).length;
    const waiting = coming + 1 - startAtOnce;
    return waiting > 0 && this.#isFull(user, waiting) ? this.#busy() : undefined;
  }

  /**
   * Runs the restoration model on tiles. They take turns like predictions but are never refused with `BUSY`, because their
   * picture has been accepted already.
   *
   * @returns the network's output
   * @throws RuntimeError `CANCELLED`, `RUNTIME_CRASHED`, `RUNTIME_FAILED`, `CLOSED`
   */
  async runTiles(request: Omit<TilesTask, 'kind'>, options: InferenceOptions): Promise<Float32Array> {
    // A copy, because the received bytes need not be aligned to four bytes.
    return new Float32Array((await this.#submit({ kind: 'tiles', ...request }, options)).slice().buffer);
  }

  #submit(request: InferenceRequest, options: InferenceOptions): Promise<Uint8Array> {
    if (this.#isClosed || this.#isDraining) return Promise.reject(closed());
    if (options.signal?.aborted === true) return Promise.reject(cancelledError(options.signal, RuntimeError));
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const job: InferenceJob = {
        turn: {
          user: options.userId ?? '',
          client: options.clientId ?? '',
          priority: options.priority ?? 'interactive',
        },
        request,
        onProgress: options.onProgress ?? (() => undefined),
        settle: (outcome) => {
          if (job.isSettled) return;
          job.isSettled = true;
          stopListening();
          clearTimeout(timer);
          if (outcome instanceof RuntimeError) reject(outcome);
          else resolve(outcome);
        },
        isSettled: false,
        isRetry: false,
        position: undefined,
      };
      const timer = setTimeout(() => {
        if (request.kind === 'tiles' || !this.#queue.remove(job)) return;
        job.settle(this.#busy());
        this.#reportPositions();
      }, this.#options.maxQueueMs ?? DEFAULTS.maxQueueMs);
      const stopListening = onCancel(signal, (aborted) => {
        job.settle(cancelledError(aborted, RuntimeError));
        if (this.#queue.remove(job)) this.#reportPositions();
      });
      this.#queue.push(job.turn, job);
      this.#dispatch();
    });
  }

  async peakMemory(): Promise<readonly { readonly pid: number; readonly peakBytes: number }[]> {
    const alive = this.#slots.map((slot) => slot.process).filter((process) => process.isAlive);
    return Promise.all(alive.map(async (process) => ({ pid: process.pid, ...(await process.memory()) })));
  }

  /** Accepts no new jobs. Resolves when all jobs have ended and the processes are gone. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    if (this.length > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    await this.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of [...this.#queue.inOrder(), ...this.#running]) job.settle(closed());
    while (this.#queue.shift() !== undefined);
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (!slot.isFree) continue;
      const job = this.#queue.shift();
      if (job === undefined) break;
      this.#running.add(job);
      void this.#run(slot, job).then((outcome) => {
        // Free the slot before answering: a caller that sends its next job at once then finds it free.
        this.#running.delete(job);
        this.#finish(job, outcome);
        this.#dispatch();
      });
    }
    this.#reportPositions();
    if (this.length === 0) this.#onEmpty();
  }

  async #run(slot: InferenceSlot, job: InferenceJob): Promise<Uint8Array | RuntimeError> {
    try {
      const startedMs = performance.now();
      const answer = await slot.run(job.request, () => job.onProgress({ state: 'running' }));
      this.#averageJobMs += 0.2 * (performance.now() - startedMs - this.#averageJobMs);
      return answer;
    } catch (error) {
      return error instanceof RuntimeError
        ? error
        : new RuntimeError('RUNTIME_FAILED', messageOf(error), { cause: error });
    }
  }

  /** Ends all waiting jobs if no device works any more. */
  #giveUpIfDown(error: RuntimeError): void {
    if (this.isReady) return;
    const waiting = this.#queue.inOrder();
    while (this.#queue.shift() !== undefined);
    for (const job of waiting) job.settle(new RuntimeError('RUNTIME_CRASHED', error.message, { cause: error }));
    if (this.length === 0) this.#onEmpty();
  }

  #finish(job: InferenceJob, outcome: Uint8Array | RuntimeError): void {
    const hasCrashed = outcome instanceof RuntimeError && outcome.code === 'RUNTIME_CRASHED';
    if (!hasCrashed || job.isSettled) {
      job.settle(outcome);
    } else if (job.isRetry) {
      const message = `${outcome.message}; it was the second process to die over this job`;
      job.settle(new RuntimeError('RUNTIME_CRASHED', message, { cause: outcome }));
    } else {
      job.isRetry = true;
      this.#queue.pushFirst(job);
      job.onProgress({ state: 'retrying' });
    }
  }

  #reportPositions(): void {
    for (const [position, job] of this.#queue.inOrder().entries()) {
      if (job.position === position || job.isRetry) continue;
      job.position = position;
      job.onProgress({ state: 'queued', position });
    }
  }

  /** Each user has a queue of their own, so that no user can fill it for the others. All queues together have a limit too. */
  #isFull(user: string, more: number): boolean {
    const { queueLimit } = this.#options;
    const { size } = this.#queue;
    return this.#queue.sizeOf(user) + more > queueLimit || size + more > queueLimit * USERS_TO_FILL_QUEUE;
  }

  #busy(): RuntimeError {
    const position = this.#queue.size;
    const estimateMs = Math.round((this.#averageJobMs * (position + 1)) / this.#slots.length);
    const retryAfterMs = Math.min(Math.max(estimateMs, RETRY_AFTER_MS.min), RETRY_AFTER_MS.max);
    const message = `the queue is full: ${position} jobs wait; try again in ${retryAfterMs} ms`;
    return new RuntimeError('BUSY', message, { busy: { position, retryAfterMs } });
  }
}

function launch(options: InferencePoolOptions, environment: Readonly<Record<string, string>>): InferenceProcess {
  const { kind, models, timeoutMs } = options;
  return new InferenceProcess({ kind, models, environment, timeoutMs });
}

/** The request of the self-test: a gray picture for the first model that corrects exposure. */
function selfTestOf(models: readonly NetworkFolder[]): InferenceRequest {
  for (const { contract } of models) {
    if (contract.kind === 'restoration') continue;
    const { width, height } = contract.input;
    const pixels = new Float32Array(width * height * 3).fill(0.5);
    return { kind: 'prediction', model: contract.name, width, height, pixels };
  }
  throw new Error('an inference pool needs at least one model that predicts');
}

function closed(): RuntimeError {
  return new RuntimeError('CLOSED', 'the service has been closed');
}
