import type { Clock } from '@evenlight/protocol';

/** Work is interrupted after so long … */
const SLICE_MS = 12;
/** … and done in batches of about this length, so that a slice ends before a frame of the screen does (16 ms). */
const BATCH_MS = 3;
/** Whoever has the rows goes on with other work, such as handing 16 MB to Photoshop: it shall not add to a slice that is longer. */
const LAST_SLICE_MS = 4;

export interface SliceOptions {
  readonly clock: Clock;
  /** Called after each pause; throws to stop. */
  readonly checkpoint?: (() => void) | undefined;
}

/**
 * Works through rows and holds the thread for less than a frame of the screen, on any machine and for any width of a row (up to 4 ms
 * a row): our work shares one thread with Photoshop's panels.
 *
 * @param work is given consecutive rows, as many as take a few milliseconds
 * @throws whatever `work` or `checkpoint` throw
 */
export async function rowsInSlices(
  rowCount: number,
  work: (firstRow: number, rowCount: number) => void,
  { clock, checkpoint }: SliceOptions,
): Promise<void> {
  let batch = 1;
  let sliceStartMs = clock.nowMs();
  for (let first = 0; first < rowCount;) {
    const count = Math.min(batch, rowCount - first);
    const startMs = clock.nowMs();
    work(first, count);
    first += count;
    const nowMs = clock.nowMs();
    if (nowMs - startMs < BATCH_MS / 2) batch *= 2;
    else if (nowMs - startMs > BATCH_MS) batch = Math.max(1, Math.floor(batch / 2));
    if (nowMs - sliceStartMs < (first < rowCount ? SLICE_MS : LAST_SLICE_MS)) continue;
    await new Promise<void>((resolve) => {
      clock.setTimer(resolve, 0);
    });
    checkpoint?.();
    sliceStartMs = clock.nowMs();
  }
}
