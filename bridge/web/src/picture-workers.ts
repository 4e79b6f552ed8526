import type { CallName, WorkerAnswer, WorkerCalls } from './worker-calls.ts';

interface OpenCall {
  resolve(answer: WorkerCalls[CallName]['answer']): void;
  readonly reject: (error: Error) => void;
}

/** A worker, its unanswered calls, and how many pictures' pixels it holds. */
interface PixelHolder {
  readonly worker: Worker;
  readonly pending: Map<number, OpenCall>;
  pictures: number;
}

const MOST_WORKERS = 3;

/** The threads that hold and correct pixels. */
export class PictureWorkers {
  readonly #holders: PixelHolder[] = [];
  readonly #byKey = new Map<string, PixelHolder>();
  #nextId = 1;

  /** Starts all workers at once: their code comes from the bridge, which may be away when the first photograph is opened. */
  constructor() {
    const count = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency - 1));
    while (this.#holders.length < count) this.#start();
  }

  /** @throws Error what the worker failed with */
  call<Name extends CallName>(name: Name, ask: WorkerCalls[Name]['ask']): Promise<WorkerCalls[Name]['answer']> {
    const holder = this.#holderOf(ask.key);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      holder.pending.set(id, { resolve, reject });
      holder.worker.postMessage({ id, name, ask });
    });
  }

  /** Forgets a picture. */
  close(key: string): void {
    const holder = this.#byKey.get(key);
    if (holder === undefined) return;
    holder.pictures--;
    this.#byKey.delete(key);
    holder.worker.postMessage({ id: 0, name: 'close', ask: { key } });
  }

  #holderOf(key: string): PixelHolder {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#holders.length === 0) this.#start();
    const holder = this.#holders.reduce((least, one) => (one.pictures < least.pictures ? one : least));
    holder.pictures++;
    this.#byKey.set(key, holder);
    return holder;
  }

  #start(): void {
    const worker = new Worker(new URL('picture-worker.js', import.meta.url), { type: 'module' });
    const holder: PixelHolder = { worker, pending: new Map(), pictures: 0 };
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      const pending = holder.pending.get(data.id);
      holder.pending.delete(data.id);
      if ('failure' in data) pending?.reject(new Error(data.failure));
      else pending?.resolve(data.answer);
    };
    worker.onerror = ({ message }) => {
      this.#drop(holder, new Error(message));
    };
    this.#holders.push(holder);
  }

  /** Removes a worker that could not be loaded, or has failed. */
  #drop(holder: PixelHolder, error: Error): void {
    this.#holders.splice(this.#holders.indexOf(holder), 1);
    for (const [key, own] of this.#byKey) if (own === holder) this.#byKey.delete(key);
    for (const { reject } of holder.pending.values()) reject(error);
    holder.worker.terminate();
  }
}
