import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import type { EngineInfo, ModelFolder, RuntimeKind } from '../tfjs/runtime.ts';
import { FairQueue } from './fair-queue.ts';
import type { InferenceRequest } from './inference-messages.ts';
import { InferenceProcess } from './inference-process.ts';

/** Where a prediction is: `position` 0 = next to run. `retrying`: the inference process died, a fresh one takes over. */
export type PredictProgress =
  | { readonly state: 'queued'; readonly position: number }
  | { readonly state: 'running' }
  | { readonly state: 'retrying' };

export interface PredictOptions {
  /** Aborting rejects with `CANCELLED`: at once while queued; while running the result is thrown away. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PredictProgress) => void;
  /** Whose job this is: clients take turns. Default: one anonymous client. */
  readonly clientId?: string;
}

export interface InferencePoolOptions {
  readonly kind: RuntimeKind;
  readonly models: readonly ModelFolder[];
  /** One process for each: the environment that gives it its device. */
  readonly devices: readonly Readonly<Record<string, string>>[];
  readonly queueLimit: number;
  readonly timeoutMs: number;
}

interface Job {
  readonly clientId: string;
  readonly request: InferenceRequest;
  readonly onProgress: (progress: PredictProgress) => void;
  readonly settle: (outcome: Uint8Array | RuntimeError) => void;
  isSettled: boolean;
  isRetry: boolean;
  position: number | undefined;
}

interface Slot {
  readonly environment: Readonly<Record<string, string>>;
  process: InferenceProcess;
  isBusy: boolean;
}

/** Before the first job has been timed. */
const ASSUMED_JOB_MS = 500;
const RETRY_AFTER_MS = { min: 100, max: 60_000 };

/**
 * One inference process per device behind one bounded queue. A job whose process dies is run once more, on a fresh process;
 * a process that died between jobs is replaced when the next job comes.
 */
export class InferencePool {
  readonly info: EngineInfo;
  readonly #options: InferencePoolOptions;
  readonly #slots: readonly Slot[];
  readonly #queue = new FairQueue<Job>();
  readonly #running = new Set<Job>();
  #averageJobMs = ASSUMED_JOB_MS;
  #isClosed = false;

  private constructor(options: InferencePoolOptions, slots: readonly Slot[], info: EngineInfo) {
    this.#options = options;
    this.#slots = slots;
    this.info = info;
  }

  /** @throws RuntimeError `RUNTIME_UNAVAILABLE`, `RUNTIME_CRASHED`, `MODEL_CHECKSUM`, `MODEL_INVALID` */
  static async start(options: InferencePoolOptions): Promise<InferencePool> {
    const slots = options.devices.map((environment): Slot => ({
      environment,
      process: launch(options, environment),
      isBusy: false,
    }));
    try {
      const [info] = await Promise.all(slots.map((slot) => slot.process.ready()));
      if (info === undefined) throw new Error('an inference pool needs at least one device');
      return new InferencePool(options, slots, info);
    } catch (error) {
      await Promise.all(slots.map((slot) => slot.process.stop()));
      throw error;
    }
  }

  /** Jobs waiting or running. */
  get length(): number {
    return this.#queue.size + this.#running.size;
  }

  /** The operating system's numbers of the processes as they are now. */
  get processIds(): readonly number[] {
    return this.#slots.map((slot) => slot.process.pid);
  }

  /**
   * @returns the correction in its binary form
   * @throws RuntimeError `BUSY`, `CANCELLED`, `RUNTIME_CRASHED`, `RUNTIME_FAILED`, `CLOSED`
   */
  predict(request: InferenceRequest, options: PredictOptions): Promise<Uint8Array> {
    if (this.#isClosed) return Promise.reject(closed());
    if (options.signal?.aborted === true) return Promise.reject(cancelled(options.signal));
    const isIdle = this.#queue.size === 0 && this.#slots.some((slot) => !slot.isBusy);
    if (!isIdle && this.#queue.size >= this.#options.queueLimit) return Promise.reject(this.#busy());
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const job: Job = {
        clientId: options.clientId ?? '',
        request,
        onProgress: options.onProgress ?? (() => undefined),
        settle: (outcome) => {
          if (job.isSettled) return;
          job.isSettled = true;
          signal?.removeEventListener('abort', onAbort);
          if (outcome instanceof RuntimeError) reject(outcome);
          else resolve(outcome);
        },
        isSettled: false,
        isRetry: false,
        position: undefined,
      };
      const onAbort = () => {
        job.settle(cancelled(signal));
        if (this.#queue.remove(job)) this.#reportPositions();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(job.clientId, job);
      this.#dispatch();
    });
  }

  async peakMemory(): Promise<readonly { readonly pid: number; readonly peakBytes: number }[]> {
    const alive = this.#slots.map((slot) => slot.process).filter((process) => process.isAlive);
    const answers = await Promise.allSettled(
      alive.map(async (process) => ({ pid: process.pid, peakBytes: await process.peakBytes() })),
    );
    // A process that dies before it answers has no peak to tell; that is no failure of whoever asks.
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of [...this.#queue.inOrder(), ...this.#running]) job.settle(closed());
    while (this.#queue.shift() !== undefined);
    await Promise.all(this.#slots.map((slot) => slot.process.stop()));
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.isBusy) continue;
      const job = this.#queue.shift();
      if (job === undefined) break;
      slot.isBusy = true;
      this.#running.add(job);
      void this.#run(slot, job).then((outcome) => {
        // First the slot, then the answer: who sends the next job at once finds it free.
        slot.isBusy = false;
        this.#running.delete(job);
        this.#finish(job, outcome);
        this.#dispatch();
      });
    }
    this.#reportPositions();
  }

  async #run(slot: Slot, job: Job): Promise<Uint8Array | RuntimeError> {
    try {
      if (!slot.process.isAlive) {
        slot.process = launch(this.#options, slot.environment);
        await slot.process.ready();
      }
      if (job.isSettled) return cancelled(undefined);
      const startedMs = performance.now();
      job.onProgress({ state: 'running' });
      const correction = await slot.process.predict(job.request);
      this.#averageJobMs += 0.2 * (performance.now() - startedMs - this.#averageJobMs);
      return correction;
    } catch (error) {
      return error instanceof RuntimeError
        ? error
        : new RuntimeError('RUNTIME_FAILED', messageOf(error), { cause: error });
    }
  }

  #finish(job: Job, outcome: Uint8Array | RuntimeError): void {
    const hasCrashed = outcome instanceof RuntimeError && outcome.code === 'RUNTIME_CRASHED';
    if (!hasCrashed || job.isSettled) {
      job.settle(outcome);
    } else if (job.isRetry) {
      const message = `${outcome.message}; it was the second process to die over this job`;
      job.settle(new RuntimeError('RUNTIME_CRASHED', message, { cause: outcome }));
    } else {
      job.isRetry = true;
      this.#queue.pushFirst(job.clientId, job);
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

function cancelled(signal: AbortSignal | undefined): RuntimeError {
  return new RuntimeError('CANCELLED', 'the prediction was cancelled', { cause: signal?.reason });
}

function closed(): RuntimeError {
  return new RuntimeError('CLOSED', 'the service has been closed');
}
