import type { Clock } from '@evenlight/protocol';

/**
 * Work is interrupted after so long. A frame of the screen has 16 ms; the last piece of a slice takes a few of them, and a collection
 * of garbage may come on top.
 */
const SLICE_MS = 8;
/**
 * The first and the last slice share their turn of the event loop with what came before and what comes after: copying a strip of 16 MB,
 * decoding a message, handing the result on.
 */
const EDGE_SLICE_MS = 4;

export interface SliceOptions {
  readonly clock: Clock;
  /** Called after each pause; throws to stop. */
  readonly checkpoint?: (() => void) | undefined;
}

/** Says when long work has to pause: our work shares one thread with Photoshop's panels. */
export class Slices {
  readonly #options: SliceOptions;
  #startMs: number;
  #limitMs = EDGE_SLICE_MS;

  constructor(options: SliceOptions) {
    this.#options = options;
    this.#startMs = options.clock.nowMs();
  }

  /** Whether to pause before the next piece; after the last one, before the result is handed on. */
  isOver({ isDone = false } = {}): boolean {
    return this.#options.clock.nowMs() - this.#startMs >= (isDone ? EDGE_SLICE_MS : this.#limitMs);
  }

  /** Lets others work, and begins the next slice. @throws whatever `checkpoint` throws */
  async pause(): Promise<void> {
    const { clock, checkpoint } = this.#options;
    await new Promise<void>((resolve) => {
      clock.setTimer(resolve, 0);
    });
    checkpoint?.();
    this.#startMs = clock.nowMs();
    this.#limitMs = SLICE_MS;
  }
}
