import { errorFrom, onCancel } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import { type Priority, TurnQueue } from '@evenlight/runtime';
import type { FixedPhoto } from '../fix/fix-photo.ts';
import type { PhotoOrder } from './photo-messages.ts';
import { type PhotoNetworks, PhotoProcess } from './photo-process.ts';

export interface PhotoPoolOptions {
  /** Photographs in work at once. */
  readonly processes: number;
  /** Of one user that may wait. */
  readonly queueLimit: number;
  /** A photograph that takes longer is given up. */
  readonly timeoutMs: number;
  /** An idle process gives its memory back after so long. */
  readonly idleMs?: number;
}

/** Whose photograph it is, and what ends it. */
export interface PhotoTurn {
  readonly user: string;
  readonly client: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** It is being read from now on. */
  readonly onStart: () => void;
}

const DEFAULT_IDLE_MS = 30_000;
const ASSUMED_PHOTO_MS = 3000;

/** Processes that read and write photographs, started when needed, and one queue in which users take turns. */
export class PhotoPool {
  readonly #options: PhotoPoolOptions;
  readonly #queue = new TurnQueue<() => void>();
  readonly #idle: { readonly process: PhotoProcess; readonly timer: NodeJS.Timeout }[] = [];
  readonly #all = new Set<PhotoProcess>();
  #running = 0;
  #averageMs = ASSUMED_PHOTO_MS;

  constructor(options: PhotoPoolOptions) {
    this.#options = options;
  }

  /**
   * @throws ProtocolError `BUSY`, `JOB_TIMEOUT`; what `PhotoProcess.fix` throws; the signal's reason
   */
  async fix(order: PhotoOrder, networks: PhotoNetworks, turn: PhotoTurn): Promise<FixedPhoto> {
    await this.#wait(turn);
    const timer = new AbortController();
    const timeout = setTimeout(() => {
      const text = `the photograph took longer than ${this.#options.timeoutMs} ms`;
      timer.abort(new ProtocolError('JOB_TIMEOUT', text));
    }, this.#options.timeoutMs);
    const startedMs = performance.now();
    const worker = this.#take();
    try {
      turn.onStart();
      const fixed = await worker.fix(order, networks, AbortSignal.any([turn.signal, timer.signal]));
      this.#averageMs += 0.2 * (performance.now() - startedMs - this.#averageMs);
      return fixed;
    } finally {
      clearTimeout(timeout);
      this.#giveBack(worker);
    }
  }

  /** Ends every process. */
  async close(): Promise<void> {
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    const ended = [...this.#all].map((worker) => {
      worker.end();
      return worker.exited.catch(() => undefined);
    });
    await Promise.all(ended);
  }

  async #wait({ user, client, priority, signal }: PhotoTurn): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#options.processes && this.#queue.size === 0) {
      this.#running++;
      return;
    }
    const position = this.#queue.size;
    if (this.#queue.sizeOf(user) >= this.#options.queueLimit) {
      const retryAfterMs = ((position + 1) * this.#averageMs) / this.#options.processes;
      throw new ProtocolError('BUSY', `${position} photographs wait already`, { position, retryAfterMs });
    }
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        stopListening();
        this.#running++;
        resolve();
      };
      const stopListening = onCancel(signal, () => {
        this.#queue.remove(start);
        reject(errorFrom(signal.reason));
      });
      this.#queue.push({ user, client, priority }, start);
    });
  }

  #take(): PhotoProcess {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      clearTimeout(entry.timer);
      if (entry.process.isAlive) return entry.process;
    }
    const fresh = new PhotoProcess();
    this.#all.add(fresh);
    void fresh.exited.catch(() => undefined).then(() => this.#all.delete(fresh));
    return fresh;
  }

  #giveBack(worker: PhotoProcess): void {
    this.#running--;
    if (worker.isAlive) {
      const timer = setTimeout(() => {
        worker.end();
      }, this.#options.idleMs ?? DEFAULT_IDLE_MS);
      timer.unref();
      this.#idle.push({ process: worker, timer });
    }
    if (this.#running < this.#options.processes) this.#queue.shift()?.();
  }
}
