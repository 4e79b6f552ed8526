import { onCancel, type CancelSignal, type PixelImage } from '@evenlight/models';
import type { StripApplier } from '../service/apply-pool.ts';
import { rowBytesOf } from './photo-fixer.ts';

/** Strips under way at once: enough to keep every apply thread busy while one is read and one is written. */
const STRIPS_UNDER_WAY = 6;

/** Corrects an image in place, strip by strip. The applier is closed afterwards; aborting closes it at once. */
export async function applyStrips(
  applier: StripApplier,
  image: PixelImage,
  { signal, onProgress }: { readonly signal: CancelSignal; readonly onProgress: (fraction: number) => void },
): Promise<void> {
  const stopListening = onCancel(signal, () => applier.close());
  try {
    const rows = rowBytesOf(image);
    let next = 0;
    let done = 0;
    const lane = async (): Promise<void> => {
      let used: Uint8Array | undefined;
      while (next < image.height) {
        const firstRow = next;
        const rowCount = Math.min(rows.stripRows, image.height - firstRow);
        next += rowCount;
        used = await applier.apply(rows.copy(firstRow, rowCount, used), firstRow, rowCount);
        rows.write(used, firstRow);
        done += rowCount;
        onProgress(done / image.height);
      }
    };
    const lanes = STRIPS_UNDER_WAY + Math.ceil((applier.rowsAhead ?? 0) / rows.stripRows);
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    stopListening();
    applier.close();
  }
}
