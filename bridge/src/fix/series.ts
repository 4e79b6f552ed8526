import {
  type Adjustment,
  type Correction,
  createApplier,
  type PixelImage,
  type Predictor,
  type ProxyInput,
  seriesPredictor,
} from '@evenlight/models';
import type { PhotoCleaner, PhotoPrediction, ReadPhoto } from './photo-fixer.ts';

/** Rows that are corrected before other work gets its turn. */
const ROWS_AT_ONCE = 256;

/** What every photograph of a series gets. */
export interface PhotoSeries {
  readonly correction: Correction;
  /** The proxy that the reference's model wants. */
  readonly input: ProxyInput;
}

/**
 * The series' correction for every photograph, applied in this process.
 *
 * @param cleaner called where noise is cleaned
 */
export function photoSeriesPredictor(
  { correction, input }: PhotoSeries,
  adjustment: Adjustment,
  cleaner: () => Promise<PhotoCleaner>,
): Predictor<ReadPhoto, PhotoPrediction> {
  return seriesPredictor(input, {
    correction,
    apply: async (image, onProgress, amounts) => {
      if (amounts === undefined) return applyInThisThread(correction, adjustment, image, onProgress);
      return (await cleaner()).clean(image, { correction, amounts, onProgress });
    },
    secondsPerMegapixel: async () => (await cleaner()).secondsPerMegapixel(),
  });
}

/** Corrects all pixels in place, and lets other work have its turn between strips. */
export async function applyInThisThread(
  correction: Correction,
  adjustment: Adjustment,
  image: PixelImage,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const applier = createApplier(correction, adjustment, image);
  const rowSamples = image.width * image.channels;
  for (let firstRow = 0; firstRow < image.height; firstRow += ROWS_AT_ONCE) {
    const rowCount = Math.min(ROWS_AT_ONCE, image.height - firstRow);
    const rows = image.pixels.subarray(firstRow * rowSamples, (firstRow + rowCount) * rowSamples);
    applier.applyRows(rows, rows, { firstRow, rowCount });
    onProgress((firstRow + rowCount) / image.height);
    await new Promise(setImmediate);
  }
}
