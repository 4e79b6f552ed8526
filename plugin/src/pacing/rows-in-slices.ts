import { Slices, type SliceOptions } from './slices.ts';

/** Rows are worked on in batches of about this length, so that a slice ends before a frame of the screen does. */
const BATCH_MS = 3;

/**
 * Works through rows and holds the thread for less than a frame of the screen, on any machine and for any width of a row (up to 4 ms
 * a row).
 *
 * @param work is given consecutive rows, as many as take a few milliseconds
 * @throws whatever `work` or `checkpoint` throw
 */
export async function rowsInSlices(
  rowCount: number,
  work: (firstRow: number, rowCount: number) => void,
  options: SliceOptions,
): Promise<void> {
  const { clock } = options;
  const slices = new Slices(options);
  let batch = 1;
  for (let first = 0; first < rowCount;) {
    const count = Math.min(batch, rowCount - first);
    const startMs = clock.nowMs();
    work(first, count);
    first += count;
    const tookMs = clock.nowMs() - startMs;
    if (tookMs < BATCH_MS / 2) batch *= 2;
    else if (tookMs > BATCH_MS) batch = Math.max(1, Math.floor(batch / 2));
    if (slices.isOver({ isDone: first === rowCount })) await slices.pause();
  }
}
