import { errorFrom } from '@evenlight/models';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '@evenlight/runtime';
import type { RunFile } from '../run-file.ts';
import type { Batch } from './batch.ts';
import type { PairSources } from './pair-maker.ts';
import type { WorkerInput } from './worker.ts';

export interface PipelineOptions {
  readonly run: RunFile;
  readonly sources: PairSources;
  /** The first batch to make; later ones follow in order. */
  readonly firstIndex: number;
  readonly workers: number;
  /** Batches made ahead of their use. */
  readonly ahead: number;
}

/** Makes batches in worker threads ahead of their use and hands them out in order. */
export class PairPipeline {
  readonly #workers: Worker[];
  readonly #ready = new Map<number, Batch>();
  #waiting: { index: number; resolve: (batch: Batch) => void; reject: (error: Error) => void } | undefined;
  #failure: Error | undefined;
  #nextAsked: number;
  #nextGiven: number;

  constructor({ run, sources, firstIndex, workers, ahead }: PipelineOptions) {
    this.#nextAsked = firstIndex;
    this.#nextGiven = firstIndex;
    const input: WorkerInput = { run, sources };
    this.#workers = Array.from({ length: workers }, () => {
      const worker = startWorker(new URL('./worker.ts', import.meta.url), input);
      worker.on('message', (batch: Batch) => {
        this.#receive(worker, batch);
      });
      worker.on('error', (error) => {
        this.#fail(errorFrom(error));
      });
      return worker;
    });
    for (let i = 0; i < ahead; i++) this.#ask(this.#workers[i % workers]!);
  }

  /** The next batch; waits until it is made. Rejects when a worker failed. */
  next(): Promise<Batch> {
    const index = this.#nextGiven++;
    if (this.#failure) return Promise.reject(this.#failure);
    const batch = this.#ready.get(index);
    if (batch) {
      this.#ready.delete(index);
      return Promise.resolve(batch);
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { index, resolve, reject };
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #ask(worker: Worker): void {
    worker.postMessage(this.#nextAsked++);
  }

  #receive(worker: Worker, batch: Batch): void {
    this.#ask(worker);
    if (this.#waiting?.index === batch.index) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve(batch);
    } else this.#ready.set(batch.index, batch);
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#waiting?.reject(error);
  }
}
