import type { CallName, WorkerAnswer, WorkerCalls } from './worker-calls.ts';

interface OpenCall {
  resolve(answer: WorkerCalls[CallName]['answer']): void;
  readonly reject: (error: Error) => void;
}

/** Every picture has one worker, which holds its pixels. */
interface Hand {
  readonly worker: Worker;
  readonly pending: Map<number, OpenCall>;
  pictures: number;
}

const MOST_WORKERS = 3;

/** The threads that hold and correct pixels. */
export class PictureWorkers {
  readonly #hands: Hand[] = [];
  readonly #byKey = new Map<string, Hand>();
  #nextId = 1;

  /** Starts them at once: they are loaded from the bridge, which may be away when the first photograph comes. */
  constructor() {
    const count = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency - 1));
    while (this.#hands.length < count) this.#start();
  }

  /** @throws Error what the worker failed with */
  call<Name extends CallName>(name: Name, ask: WorkerCalls[Name]['ask']): Promise<WorkerCalls[Name]['answer']> {
    const hand = this.#handOf(ask.key);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      hand.pending.set(id, { resolve, reject });
      hand.worker.postMessage({ id, name, ask });
    });
  }

  /** Forgets a picture. */
  close(key: string): void {
    const hand = this.#byKey.get(key);
    if (hand === undefined) return;
    hand.pictures--;
    this.#byKey.delete(key);
    hand.worker.postMessage({ id: 0, name: 'close', ask: { key } });
  }

  #handOf(key: string): Hand {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#hands.length === 0) this.#start();
    const hand = this.#hands.reduce((least, one) => (one.pictures < least.pictures ? one : least));
    hand.pictures++;
    this.#byKey.set(key, hand);
    return hand;
  }

  #start(): void {
    const worker = new Worker(new URL('picture-worker.js', import.meta.url), { type: 'module' });
    const hand: Hand = { worker, pending: new Map(), pictures: 0 };
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      const pending = hand.pending.get(data.id);
      hand.pending.delete(data.id);
      if ('failure' in data) pending?.reject(new Error(data.failure));
      else pending?.resolve(data.answer);
    };
    worker.onerror = ({ message }) => {
      this.#drop(hand, new Error(message));
    };
    this.#hands.push(hand);
  }

  /** Removes a worker that could not be loaded, or has failed. */
  #drop(hand: Hand, error: Error): void {
    this.#hands.splice(this.#hands.indexOf(hand), 1);
    for (const [key, own] of this.#byKey) if (own === hand) this.#byKey.delete(key);
    for (const { reject } of hand.pending.values()) reject(error);
    hand.worker.terminate();
  }
}
