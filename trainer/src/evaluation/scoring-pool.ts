import { errorFrom } from '@evenlight/models';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '@evenlight/runtime';
import { TrainerError } from '../errors.ts';
import type { KeepMeasure } from './keep/keep-measure.ts';
import type { PairScore } from './score.ts';
import type {
  ChangeTask,
  KeepTask,
  PairTask,
  ScoringAnswer,
  ScoringFailure,
  ScoringMessage,
  ScoringResult,
  ScoringTask,
} from './scoring-worker.ts';

/** Tasks that a worker holds at once, so that the next is there when one is done. */
const TASKS_PER_WORKER = 2;

interface WaitingTask {
  readonly prepare: () => Promise<ScoringTask>;
  readonly resolve: (result: ScoringResult) => void;
  readonly reject: (error: Error) => void;
}

/** A worker and the calls that wait for its answers. */
interface Seat {
  readonly worker: Worker;
  readonly held: Map<number, WaitingTask>;
}

/** Scores pictures in worker threads while the caller's thread runs the network. */
export class ScoringPool {
  readonly #seats: readonly Seat[];
  readonly #queue: WaitingTask[] = [];
  #failure: Error | undefined;
  #nextId = 0;

  constructor(workers: number) {
    this.#seats = Array.from({ length: workers }, () => this.#open());
  }

  /**
   * Scores a pair. `prepare` is called when its turn has come; until then nothing of it is in memory.
   *
   * @throws TrainerError of the worker, or what `prepare` throws
   */
  async scorePair(prepare: () => Promise<PairTask>): Promise<PairScore> {
    const answer = await this.#ask(async () => ({ kind: 'pair', ...(await prepare()) }));
    if (answer.kind !== 'pair') throw new Error(`a worker answered '${answer.kind}' to a pair`);
    return answer.score;
  }

  /** Mean ΔE2000 of the change made to a picture; otherwise as {@link scorePair}. */
  async changeMade(prepare: () => Promise<ChangeTask>): Promise<number> {
    const answer = await this.#ask(async () => ({ kind: 'change', ...(await prepare()) }));
    if (answer.kind !== 'change') throw new Error(`a worker answered '${answer.kind}' to a change`);
    return answer.deltaE;
  }

  /** Measures a picture of the keep set; otherwise as {@link scorePair}. */
  async measureKeep(prepare: () => Promise<KeepTask>): Promise<KeepMeasure> {
    const answer = await this.#ask(async () => ({ kind: 'keep', ...(await prepare()) }));
    if (answer.kind !== 'keep') throw new Error(`a worker answered '${answer.kind}' to a picture to keep`);
    return answer.measure;
  }

  /** Ends the workers; unfinished calls are rejected. */
  async close(): Promise<void> {
    this.#fail(new Error('the scoring pool is closed'));
    await Promise.all(this.#seats.map(({ worker }) => worker.terminate()));
  }

  #ask(prepare: () => Promise<ScoringTask>): Promise<ScoringResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#queue.push({ prepare, resolve, reject });
      this.#deal();
    });
  }

  #open(): Seat {
    const worker = startWorker(new URL('./scoring-worker.ts', import.meta.url));
    const seat: Seat = { worker, held: new Map() };
    worker.on('message', ({ id, result }: ScoringAnswer) => {
      const waiting = seat.held.get(id);
      seat.held.delete(id);
      if (result.kind === 'error') waiting?.reject(toError(result));
      else waiting?.resolve(result);
      this.#deal();
    });
    worker.on('error', (error) => {
      this.#fail(errorFrom(error));
    });
    return seat;
  }

  #deal(): void {
    for (const seat of this.#seats) {
      while (seat.held.size < TASKS_PER_WORKER && this.#queue.length > 0) void this.#give(seat, this.#queue.shift()!);
    }
  }

  async #give({ worker, held }: Seat, waiting: WaitingTask): Promise<void> {
    const id = this.#nextId++;
    held.set(id, waiting);
    try {
      const message: ScoringMessage = { id, task: await waiting.prepare() };
      worker.postMessage(message);
    } catch (error) {
      held.delete(id);
      waiting.reject(errorFrom(error));
      this.#deal();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const held = this.#seats.flatMap((seat) => [...seat.held.values()]);
    for (const { reject } of [...this.#queue.splice(0), ...held]) reject(this.#failure);
    for (const seat of this.#seats) seat.held.clear();
  }
}

function toError({ code, message }: ScoringFailure): Error {
  return code === undefined ? new Error(message) : new TrainerError(code, message);
}
