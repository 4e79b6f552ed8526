import { type Applier, type PixelArray } from '@evenlight/models';
import { rowsInSlices } from './rows-in-slices.ts';
import type { SliceOptions } from './slices.ts';

/** Some rows of an image, tightly packed; they are corrected in place. */
export interface RowStrip {
  readonly samples: PixelArray;
  /** Where the strip begins in the image. */
  readonly firstRow: number;
  readonly rowCount: number;
  /** Samples in a row: width × channels. */
  readonly rowLength: number;
}

/**
 * Corrects a strip at full resolution, in slices between which the panel and Photoshop can work: see {@link rowsInSlices}. If it is
 * stopped, the strip is half corrected and must not be used.
 *
 * @throws whatever `checkpoint` throws
 */
export function applyTimeSliced(
  applier: Applier,
  { samples, firstRow, rowCount, rowLength }: RowStrip,
  options: SliceOptions,
): Promise<void> {
  if (applier.isUnchanged) return Promise.resolve();
  const work = (first: number, count: number): void => {
    const rows = samples.subarray(first * rowLength, (first + count) * rowLength);
    applier.applyRows(rows, rows, { firstRow: firstRow + first, rowCount: count });
  };
  return rowsInSlices(rowCount, work, options);
}
