import type { Worker } from 'node:worker_threads';
import {
  createApplier,
  SAMPLE_BYTES,
  serializeColorSpace,
  serializeCorrection,
  type Adjustment,
  type Correction,
  type ImageDescription,
} from '@evenlight/models';
import { isFramed } from '@evenlight/protocol';
import { FairQueue, startWorker } from '@evenlight/runtime';
import { BridgeError } from '../errors.ts';
import type { ApplyCommand, ApplyReport } from './apply-messages.ts';

/** Applies one correction to one image, strip by strip, in the service's worker threads. */
export interface StripApplier {
  /**
   * Corrects whole rows. Several calls may run at once; their promises settle in the order of the calls.
   *
   * @param rows bytes of `rowCount` tightly packed rows, little endian. If the array covers its whole `ArrayBuffer`, or lies in a frame
   *   (`isFramed` of `@evenlight/protocol`), that buffer is handed to the worker and is detached here afterwards; otherwise it is copied.
   * @returns the corrected rows, of the same length; in the same buffer, at the same place, where that was handed over
   * @throws BridgeError `BAD_INPUT` (length or rows outside the image), `APPLY_FAILED`, `CANCELLED` (closed meanwhile),
   *   `CLOSED`
   */
  apply(rows: Uint8Array, firstRow: number, rowCount: number): Promise<Uint8Array>;
  /** How many rows have to be handed over, in their order, before the first strip comes back. Absent: none but its own. */
  readonly rowsAhead?: number;
  /** Lets go of the job; strips still under way are rejected with `CANCELLED`. */
  close(): void;
}

interface ApplyJob {
  readonly jobId: number;
  readonly open: Extract<ApplyCommand, { type: 'open' }>;
  /** Every sample stays as it is: the strips need not go to a thread. */
  readonly isUnchanged: boolean;
  /** Settles when the strip before the next one has settled. */
  tail: Promise<unknown>;
  isClosed: boolean;
}

interface WaitingStrip {
  readonly job: ApplyJob;
  readonly rows: Uint8Array<ArrayBuffer>;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly settle: (outcome: Uint8Array | BridgeError) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly openJobs: Set<number>;
  strip: WaitingStrip | undefined;
  /** Runs while it has a strip. */
  timer: NodeJS.Timeout | undefined;
}

/**
 * The kernel makes no garbage by the pixel, so a thread needs next to no room for it. By default V8 gives each thread up to
 * 48 MB: four threads then take 596 MB for a 24-megapixel 16-bit photograph, with this 530 MB.
 */
const YOUNG_GENERATION_MB = 4;

/** A strip of a megabyte takes a tenth of a second; a thread that takes this long hangs. */
const STRIP_TIMEOUT_MS = 60_000;

/** Worker threads that run the apply kernel. They start when there is work for them; images take turns, strip by strip. */
export class ApplyPool {
  readonly #threadLimit: number;
  readonly #threads = new Set<Thread>();
  readonly #queue = new FairQueue<WaitingStrip>();
  #nextJobId = 1;
  #isClosed = false;

  constructor(threadLimit: number) {
    this.#threadLimit = threadLimit;
  }

  /** @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT` */
  open(correction: Correction, adjustment: Adjustment, description: ImageDescription): StripApplier {
    const { isUnchanged } = createApplier(correction, adjustment, description);
    const jobId = this.#nextJobId++;
    const plainDescription = { ...description, colorSpace: serializeColorSpace(description.colorSpace) };
    const job: ApplyJob = {
      jobId,
      open: {
        type: 'open',
        jobId,
        correction: serializeCorrection(correction),
        adjustment,
        description: plainDescription,
      },
      isUnchanged,
      tail: Promise.resolve(),
      isClosed: false,
    };
    return {
      apply: (rows, firstRow, rowCount) => this.#apply(job, rows, firstRow, rowCount),
      close: () => {
        this.#closeJob(job);
      },
    };
  }

  /** Starts the threads before there is work for them: they take a tenth of a second, in which a prediction is waited for. */
  start(): void {
    while (!this.#isClosed && this.#startThread() !== undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const strip of this.#queue.inOrder()) strip.settle(poolClosed());
    while (this.#queue.shift() !== undefined);
    for (const thread of this.#threads) {
      clearTimeout(thread.timer);
      thread.strip?.settle(poolClosed());
    }
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }

  async #apply(job: ApplyJob, rows: Uint8Array, firstRow: number, rowCount: number): Promise<Uint8Array> {
    if (this.#isClosed) throw poolClosed();
    if (job.isClosed) throw jobClosed();
    checkRows(job.open.description, rows, firstRow, rowCount);
    if (job.isUnchanged) return ownRows(rows);
    const corrected = new Promise<Uint8Array>((resolve, reject) => {
      const settle = (outcome: Uint8Array | BridgeError) => {
        if (outcome instanceof BridgeError) reject(outcome);
        else resolve(outcome);
      };
      this.#queue.push(String(job.jobId), { job, rows: ownRows(rows), firstRow, rowCount, settle });
      this.#dispatch();
    });
    const inOrder = Promise.allSettled([job.tail, corrected]).then(() => corrected);
    job.tail = inOrder;
    return inOrder;
  }

  #closeJob(job: ApplyJob): void {
    if (job.isClosed) return;
    job.isClosed = true;
    for (const strip of this.#queue.inOrder()) {
      if (strip.job !== job) continue;
      this.#queue.remove(strip);
      strip.settle(jobClosed());
    }
    for (const thread of this.#threads) {
      if (thread.strip?.job === job) thread.strip.settle(jobClosed());
      if (thread.openJobs.delete(job.jobId)) post(thread, { type: 'close', jobId: job.jobId });
    }
  }

  #dispatch(): void {
    while (this.#queue.size > 0) {
      const thread = [...this.#threads].find((candidate) => candidate.strip === undefined) ?? this.#startThread();
      if (thread === undefined) return;
      const strip = this.#queue.shift();
      if (strip === undefined) return;
      this.#send(thread, strip);
    }
  }

  #send(thread: Thread, strip: WaitingStrip): void {
    const { job, rows, firstRow, rowCount } = strip;
    thread.strip = strip;
    thread.timer = setTimeout(() => {
      this.#lose(thread, new BridgeError('APPLY_FAILED', `an apply thread took more than ${STRIP_TIMEOUT_MS} ms`));
      void thread.worker.terminate();
    }, STRIP_TIMEOUT_MS);
    if (!thread.openJobs.has(job.jobId)) {
      thread.openJobs.add(job.jobId);
      post(thread, job.open);
    }
    post(thread, { type: 'apply', jobId: job.jobId, rows, firstRow, rowCount }, [rows.buffer]);
  }

  #startThread(): Thread | undefined {
    if (this.#threads.size >= this.#threadLimit) return undefined;
    const worker = startWorker(new URL('./apply-worker.ts', import.meta.url), undefined, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const thread: Thread = { worker, openJobs: new Set(), strip: undefined, timer: undefined };
    // The only sender is apply-worker.ts, which is typed by the same ApplyReport.
    worker.on('message', (report: ApplyReport) => {
      const { strip } = thread;
      clearTimeout(thread.timer);
      thread.strip = undefined;
      strip?.settle(report.type === 'applied' ? report.rows : new BridgeError(report.code, report.message));
      this.#dispatch();
    });
    worker.once('error', (cause) => {
      this.#lose(thread, new BridgeError('APPLY_FAILED', `an apply thread failed: ${cause.message}`, { cause }));
    });
    // A thread may also end without an error: process.exit in it, or the system had no memory for it.
    worker.once('exit', (exitCode) => {
      this.#lose(thread, new BridgeError('APPLY_FAILED', `an apply thread ended with exit code ${exitCode}`));
    });
    this.#threads.add(thread);
    return thread;
  }

  /** The thread is gone, and with it the strip that it had. The next strip starts another one. */
  #lose(thread: Thread, error: BridgeError): void {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    const { strip } = thread;
    thread.strip = undefined;
    strip?.settle(error);
    if (!this.#isClosed) this.#dispatch();
  }
}

function post(thread: Thread, command: ApplyCommand, transfer: ArrayBuffer[] = []): void {
  thread.worker.postMessage(command, transfer);
}

function checkRows(
  description: Pick<ImageDescription, 'width' | 'height' | 'channels' | 'format'>,
  rows: Uint8Array,
  firstRow: number,
  rowCount: number,
): void {
  const { width, height, channels, format } = description;
  const isInside = Number.isInteger(firstRow) && Number.isInteger(rowCount) && firstRow >= 0 && rowCount >= 1;
  if (!isInside || firstRow + rowCount > height) {
    const asked = `${rowCount} rows from row ${firstRow} on`;
    throw new BridgeError('BAD_INPUT', `${asked} are not inside an image of ${height} rows`);
  }
  const expectedBytes = rowCount * width * channels * SAMPLE_BYTES[format];
  if (rows.byteLength !== expectedBytes) {
    const sizes = `has ${rows.byteLength} bytes, ${rowCount} rows need ${expectedBytes}`;
    throw new BridgeError('BAD_INPUT', `the strip ${sizes}`);
  }
}

/** The bytes in a buffer that belongs to them alone and can be handed to a thread. */
function ownRows(rows: Uint8Array): Uint8Array<ArrayBuffer> {
  if (isFramed(rows)) return rows;
  const { buffer, byteLength } = rows;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer);
  return new Uint8Array(rows);
}

function jobClosed(): BridgeError {
  return new BridgeError('CANCELLED', 'the image was closed');
}

function poolClosed(): BridgeError {
  return new BridgeError('CLOSED', 'the service has been closed');
}
