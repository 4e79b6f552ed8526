import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import type { EngineInfo } from '../tfjs/runtime.ts';
import type { InferenceRequest } from './inference-messages.ts';
import type { InferenceProcess } from './inference-process.ts';

export interface InferenceSlotOptions {
  /** Starts a process on the slot's device. */
  readonly launch: () => InferenceProcess;
  /** A prediction that shows whether the network still works. It runs when the slot has been idle. */
  readonly selfTest: InferenceRequest;
  readonly selfTestIntervalMs: number;
  /** If a prediction takes longer, its process counts as hung. */
  readonly timeoutMs: number;
  /** The process is replaced after so many jobs, or when it holds more memory than this. */
  readonly recycleAfterJobs: number;
  readonly recycleAboveBytes: number;
  /** The slot has become ready. */
  readonly onReady: () => void;
  /** The process could not be replaced, several times in a row; another attempt follows. */
  readonly onFailed: (error: RuntimeError) => void;
}

type SlotState = 'starting' | 'ready' | 'busy' | 'down' | 'closed';

/** Delays before the second and later attempts to replace a process that has died. */
const RESTART_MS = { first: 250, most: 30_000 };
/** After this many failed starts in a row waiting jobs are rejected. A single start may fail by chance (memory was short for a moment). */
const STARTS_TO_FAIL = 3;
/** How many jobs lie between two checks of the process' memory. */
const MEMORY_CHECK_JOBS = 50;
/** A process counts as hung when a prediction of a shape that has run before takes `times` as long as usual, and at least `leastMs`. */
const HUNG = { times: 50, leastMs: 10_000 };

/**
 * A device and the process that runs on it. A process is replaced at once when it dies, hangs, fails its self-test, uses too much
 * memory, or has done its number of jobs. If the replacement does not start, it is tried again after delays that double.
 */
export class InferenceSlot {
  readonly #options: InferenceSlotOptions;
  #process: InferenceProcess;
  #state: SlotState = 'starting';
  #jobCount = 0;
  #restarts = 0;
  #deathsInARow = 0;
  #failedStarts = 0;
  #lastUsedMs = performance.now();
  /** How long a run takes, by model and shape. */
  readonly #averageMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  readonly #selfTestTimer: NodeJS.Timeout;

  constructor(options: InferenceSlotOptions) {
    this.#options = options;
    this.#process = this.#launch();
    this.#selfTestTimer = setInterval(() => {
      void this.#testItself();
    }, options.selfTestIntervalMs);
    this.#selfTestTimer.unref();
  }

  /** Whether it can take a job now. */
  get isFree(): boolean {
    return this.#state === 'ready';
  }

  /** Whether its process has run the network and has not failed since. */
  get isUp(): boolean {
    return this.#state === 'ready' || this.#state === 'busy';
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  get process(): InferenceProcess {
    return this.#process;
  }

  /** How often the process has been replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Starts the first process. A failure rejects and is not retried. */
  async start(): Promise<EngineInfo> {
    const info = await this.#process.ready();
    this.#becomeReady();
    return info;
  }

  /**
   * @param onTaken called when the slot is no longer free, before the process gets the request; the caller may then still end
   *   the process
   * @throws RuntimeError as `InferenceProcess.run`
   */
  async run(request: InferenceRequest, onTaken: () => void = () => undefined): Promise<Uint8Array> {
    this.#state = 'busy';
    const process = this.#process;
    const startedMs = performance.now();
    try {
      onTaken();
      const bytes = await process.run(request, this.#timeoutFor(request));
      this.#succeeded(request, performance.now() - startedMs);
      return bytes;
    } finally {
      this.#lastUsedMs = performance.now();
      if (this.#isCurrent(process) && process.isAlive) await this.#recycleIfDue();
    }
  }

  async stop(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    clearInterval(this.#selfTestTimer);
    await this.#process.stop();
  }

  #isCurrent(process: InferenceProcess): boolean {
    return this.#process === process && this.#state !== 'closed' && this.#state !== 'down';
  }

  #launch(): InferenceProcess {
    const process = this.#options.launch();
    this.#jobCount = 0;
    this.#averageMs.clear();
    void process.died.then(() => {
      if (this.#isCurrent(process) && this.#state !== 'starting') this.#replace();
    });
    return process;
  }

  #becomeReady(): void {
    if (this.#state === 'closed') return;
    this.#state = 'ready';
    this.#failedStarts = 0;
    this.#options.onReady();
  }

  #succeeded(request: InferenceRequest, tookMs: number): void {
    this.#deathsInARow = 0;
    this.#jobCount++;
    const averageMs = this.#averageMs.get(shapeOf(request)) ?? tookMs;
    this.#averageMs.set(shapeOf(request), averageMs + 0.2 * (tookMs - averageMs));
  }

  /** The first run of a shape may take minutes, because a new GPU compiles kernels for it. Later runs may not. */
  #timeoutFor(request: InferenceRequest): number {
    const { timeoutMs } = this.#options;
    const averageMs = this.#averageMs.get(shapeOf(request));
    if (averageMs === undefined) return timeoutMs;
    return Math.round(Math.min(timeoutMs, Math.max(HUNG.leastMs, averageMs * HUNG.times)));
  }

  async #recycleIfDue(): Promise<void> {
    const { recycleAfterJobs, recycleAboveBytes } = this.#options;
    let isDue = this.#jobCount >= recycleAfterJobs;
    if (!isDue && this.#jobCount > 0 && this.#jobCount % MEMORY_CHECK_JOBS === 0) {
      const residentBytes = await this.#process.memory().then(
        (memory) => memory.residentBytes,
        () => 0,
      );
      isDue = residentBytes > recycleAboveBytes;
    }
    if (isDue) this.#replace();
    else if (this.#state === 'busy') this.#state = 'ready';
  }

  async #testItself(): Promise<void> {
    const { selfTest, selfTestIntervalMs } = this.#options;
    if (!this.isFree || performance.now() - this.#lastUsedMs < selfTestIntervalMs) return;
    const process = this.#process;
    try {
      await this.run(selfTest);
      this.#options.onReady();
    } catch {
      // A process that died is being replaced already. One that reports an error may not work any more, so it is replaced too.
      if (this.#isCurrent(process)) this.#replace();
    }
  }

  #replace(): void {
    this.#state = 'down';
    this.#restarts++;
    const attempt = this.#deathsInARow++;
    const delayMs = attempt === 0 ? 0 : Math.min(RESTART_MS.most, RESTART_MS.first * 2 ** (attempt - 1));
    const old = this.#process;
    this.#timer = setTimeout(() => {
      void this.#restart(old);
    }, delayMs);
  }

  async #restart(old: InferenceProcess): Promise<void> {
    await old.stop();
    if (this.#state === 'closed') return;
    this.#process = this.#launch();
    this.#state = 'starting';
    try {
      await this.#process.ready();
      this.#becomeReady();
    } catch (error) {
      // The slot may have been closed while this waited for the process.
      if (this.#isClosed) return;
      this.#failedStarts++;
      if (this.#failedStarts >= STARTS_TO_FAIL) {
        this.#options.onFailed(error instanceof RuntimeError ? error : failed(error));
      }
      this.#replace();
    }
  }
}

function shapeOf(request: InferenceRequest): string {
  const { model } = request;
  return request.kind === 'tiles'
    ? `${model} ${request.shape.join(' ')}`
    : `${model} ${request.width} ${request.height}`;
}

function failed(cause: unknown): RuntimeError {
  return new RuntimeError('RUNTIME_CRASHED', `the inference process could not be started: ${messageOf(cause)}`, {
    cause,
  });
}
