import {
  type Adjustment,
  type Correction,
  createApplier,
  type Orientation,
  orientationOf,
  type PixelImage,
  type Predictor,
  turnToStored,
} from '@evenlight/models';
import type { PhotoPrediction, PhotoCandidate, ReadPhoto } from './photo-fixer.ts';

/** Rows that are corrected before other work gets its turn. */
const ROWS_AT_ONCE = 256;

/** What a series gets: the correction of its reference. */
export interface SeriesCorrection {
  /** For upright pixels. */
  readonly correction: Correction;
  /** What the reference's model wants: the effect is measured on proxies of the same size. */
  readonly input: PhotoCandidate['input'];
}

/** The correction of the reference for every photograph of a series, applied in this process. */
export function seriesPredictor(
  { correction, input }: SeriesCorrection,
  adjustment: Adjustment,
): Predictor<ReadPhoto, PhotoPrediction> {
  const predict = ({ photo }: ReadPhoto): { prediction: PhotoPrediction } => {
    const stored = turnToStored(correction, orientationOf(photo.metadata.orientation));
    const prediction: PhotoPrediction = {
      correction: stored,
      apply: (image, onProgress) => applyInThisThread(stored, adjustment, image, onProgress),
    };
    return { prediction };
  };
  return { choose: () => Promise.resolve({ input, predict: (source) => Promise.resolve(predict(source)) }) };
}

/** Turned a quarter left, what was turned a quarter right is upright again; the other turns undo themselves. */
const INVERSE: Readonly<Partial<Record<Orientation, Orientation>>> = { 6: 8, 8: 6 };

/** The correction of a photograph as it would be were its pixels stored upright. */
export function uprightCorrection(stored: Correction, orientation: Orientation): Correction {
  return turnToStored(stored, INVERSE[orientation] ?? orientation);
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
