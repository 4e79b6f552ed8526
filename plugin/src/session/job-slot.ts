import { type CancelSignal } from '@evenlight/models';
import { CancelSource } from './cancel-source.ts';
import { SessionError } from './errors.ts';
import type { FixProgress } from './progress.ts';
import type { SessionJob } from './session-event.ts';

type JobWork<T> = (signal: CancelSignal, onProgress: (progress: FixProgress) => void) => Promise<T>;

/** Room for one job at a time: Photoshop's modal state allows no more. */
export class JobSlot {
  readonly #onChange: (job: SessionJob | undefined) => void;
  readonly #before: () => Promise<void>;
  #waiting: (() => void)[] = [];
  #running: { readonly job: SessionJob; readonly source: CancelSource } | undefined;

  /** @param before done at the beginning of every job */
  constructor(onChange: (job: SessionJob | undefined) => void, before: () => Promise<void>) {
    this.#onChange = onChange;
    this.#before = before;
  }

  get job(): SessionJob | undefined {
    return this.#running?.job;
  }

  /** Waits until nothing runs: for work that nobody starts by hand and that cannot be refused. First come, first served. */
  async whenFree(): Promise<void> {
    while (this.#running !== undefined) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** @throws SessionError `BUSY` if a job is running; what the work throws */
  async run<T>(kind: SessionJob['kind'], documentId: number | undefined, work: JobWork<T>): Promise<T> {
    if (this.#running !== undefined) throw new SessionError('BUSY', `a ${this.#running.job.kind} is running`);
    const source = new CancelSource();
    this.#become({ kind, documentId, progress: undefined, isStopping: false }, source);
    try {
      await this.#before();
      return await work(source.signal, (progress) => {
        this.#become({ kind, documentId, progress, isStopping: source.signal.aborted }, source);
      });
    } finally {
      this.#running = undefined;
      this.#onChange(undefined);
      this.#waiting.shift()?.();
    }
  }

  /** Asks the job that is running to stop. It ends with `CANCELLED`, and its document is as it was. */
  cancel(): void {
    if (this.#running === undefined) return;
    const { job, source } = this.#running;
    this.#become({ ...job, isStopping: true }, source);
    source.cancel();
  }

  #become(job: SessionJob, source: CancelSource): void {
    this.#running = { job, source };
    this.#onChange(job);
  }
}
