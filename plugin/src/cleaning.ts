import type { RowPort } from '@evenlight/client';
import type { Adjustment, CancelSignal, Correction, ImageDescription, RestorationAmounts } from '@evenlight/models';

/** Has the rows of one picture corrected and cleaned somewhere else: they are sent away and come back. */
export interface RowCleaner {
  /** Called once at most. Rejects with what went wrong there, or with what `rows` threw. */
  clean(rows: RowPort): Promise<void>;
  /** Ends the work, begun or not: `clean` rejects with the code `CANCELLED`. */
  cancel(): void;
}

/** A layer of corrected and cleaned pixels, above the layer of the correction alone: its opacity fades the cleaning alone. */
export interface CleanedLayer {
  readonly layerName: string;
  /** 0..100. */
  readonly opacityPercent: number;
  readonly cleaner: RowCleaner;
}

/** A picture whose noise is to be cleaned. */
export interface CleaningRequest {
  readonly correction: Correction;
  readonly adjustment: Adjustment;
  readonly image: ImageDescription;
  readonly amounts: RestorationAmounts;
}

/** Cleans the noise that a correction lifts. Nothing in the panel can: it takes 8 s a megapixel in WebAssembly. */
export interface NoiseCleaner {
  /** Whether there is somebody who cleans. */
  readonly isAvailable: boolean;
  /**
   * Begins to clean a picture; its rows are wanted within half a minute. Aborting the signal rejects with `CANCELLED`, now and while
   * rows are cleaned.
   *
   * @throws ProtocolError
   */
  open(request: CleaningRequest, signal: CancelSignal): Promise<RowCleaner['clean']>;
}
