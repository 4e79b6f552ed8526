import {
  type Adjustment,
  type Candidate,
  type Correction,
  noModelText,
  type PixelImage,
  type Prediction,
  type ReadPicture,
  type RestorationAmounts,
} from '@evenlight/models';
import type { Photo } from '../codec/photo.ts';
import { BridgeError } from '../errors.ts';

/** A photograph that has been read from its file. */
export interface ReadPhoto extends ReadPicture {
  readonly photo: Photo;
}

/** A correction, and the functions that apply it. */
export interface PhotoPrediction extends Prediction {
  /**
   * Corrects the pixels of the photograph in place, and removes the noise that this lifts. Called once at most.
   *
   * @param onProgress 0..1
   * @param restoration absent: no noise is removed
   * @throws BridgeError `MODEL_NOT_FOUND` where no model restores, and others; ProtocolError
   */
  apply(image: PixelImage, onProgress: (fraction: number) => void, restoration?: RestorationAmounts): Promise<void>;
  /** See {@link PhotoCleaner.secondsPerMegapixel}. */
  secondsPerMegapixel?(): Promise<number | undefined>;
}

/** Corrects photographs with a correction that is known, and cleans the noise that it lifts. */
export interface PhotoCleaner {
  /**
   * Changes the pixels of the photograph in place.
   *
   * @throws BridgeError `MODEL_NOT_FOUND` where no model cleans noise, and others; ProtocolError
   */
  clean(image: PixelImage, order: CleaningOrder): Promise<void>;
  /** How long it takes, in seconds for each megapixel; `undefined` if unknown. */
  secondsPerMegapixel(): Promise<number | undefined>;
}

/** How one photograph is to be cleaned. */
export interface CleaningOrder {
  readonly correction: Correction;
  readonly amounts: RestorationAmounts;
  /** 0..1 */
  readonly onProgress: (fraction: number) => void;
}

/** What corrects one photograph. */
export interface PhotoCandidate extends Candidate<ReadPhoto, PhotoPrediction>, PhotoCleaner {}

/** How one photograph is to be corrected. */
export interface CorrectionOrder {
  readonly model: string;
  readonly adjustment: Adjustment;
  readonly signal: AbortSignal;
}

/** Peak resident memory of a process that took part. */
export interface PeakMemory {
  readonly process: string;
  readonly pid: number;
  readonly peakBytes: number;
}

/**
 * What corrects photographs: this computer, or a bridge. Both give the same pixels, because both run the kernel of
 * `@evenlight/models` on the same canonical coefficients.
 */
export interface PhotoFixer {
  /** What runs the network, for the summary: "native TensorFlow 2.21.0 on the CPU". */
  readonly runtime: string;
  /** The checksum of a network's weights; `undefined` for a network that it does not have. */
  checksumOf(network: string): string | undefined;
  /**
   * What corrects the next photograph.
   *
   * @throws BridgeError `MODEL_NOT_FOUND`; ProtocolError when a bridge that was lost cannot be reached again
   */
  candidate(order: CorrectionOrder): Promise<PhotoCandidate>;
  /** Peak memory of the processes on this computer that took part. */
  peakMemory(): Promise<readonly PeakMemory[]>;
  close(): Promise<void>;
}

/** The model of a name, among those that a fixer has. */
export function modelNamed<T extends { readonly name: string }>(models: readonly T[], name: string): T {
  const model = models.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  throw new BridgeError(
    'MODEL_NOT_FOUND',
    noModelText(
      name,
      models.map((candidate) => candidate.name),
    ),
  );
}

/** The error of a fixer that has no model to remove noise. */
export function cannotRestore(): BridgeError {
  return new BridgeError(
    'MODEL_NOT_FOUND',
    'no model here cleans noise: leave --restore out to fix the exposure alone',
  );
}

/** Bytes of pixels that travel at once. */
const STRIP_BYTES = 1 << 20;

/** The rows of an image, as bytes. */
export interface RowBytes {
  readonly rowBytes: number;
  /** How many rows make a strip of about a mebibyte. */
  readonly stripRows: number;
  /** The rows where they are. */
  view(firstRow: number, rowCount: number): Uint8Array;
  /**
   * A copy in a buffer of its own, which can be handed to a thread.
   *
   * @param used a strip that has been written and is not needed any more: its buffer is taken if it fits. (Buffers left to
   *   the garbage collector are freed so late that they doubled the memory of a 144 MB photograph.)
   */
  copy(firstRow: number, rowCount: number, used?: Uint8Array): Uint8Array;
  write(bytes: Uint8Array, firstRow: number): void;
}

export function rowBytesOf({ width, channels, pixels }: PixelImage): RowBytes {
  const rowBytes = width * channels * pixels.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const view = (firstRow: number, rowCount: number): Uint8Array =>
    bytes.subarray(firstRow * rowBytes, (firstRow + rowCount) * rowBytes);
  return {
    rowBytes,
    stripRows: Math.max(1, Math.floor(STRIP_BYTES / rowBytes)),
    view,
    copy: (firstRow, rowCount, used) => {
      const rows = view(firstRow, rowCount);
      const strip = used?.length === rows.length ? used : new Uint8Array(rows.length);
      strip.set(rows);
      return strip;
    },
    write: (corrected, firstRow) => {
      bytes.set(corrected, firstRow * rowBytes);
    },
  };
}
