import {
  noModelText,
  type Orientation,
  proxyMisfit,
  type CancelSignal,
  type RestorationAmounts,
} from '@evenlight/models';
import type { DoneMessage, ServerHello, WireImageDescription, WireModel, WireRuntime } from '@evenlight/protocol';
import { MAX_CORRECTION_BYTES, ProtocolError, wireRowBytes } from '@evenlight/protocol';

/** Float32 `[height, width, 3]`, row-major, sRGB-encoded, 0..1. A `ProxyImage` of `@evenlight/models` fits. */
export interface WireProxy {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** Where a job is. `position` 0 = next to run; `retrying`: the network's process died and a fresh one takes over. */
export type JobProgress =
  | { readonly stage: 'queued'; readonly position: number }
  | { readonly stage: 'predicting' }
  | { readonly stage: 'retrying' }
  /** `fraction` of the tiles that have been cleaned, 0..1. */
  | { readonly stage: 'restoring'; readonly fraction: number }
  /** `fraction` of the corrected rows that `writeRows` has taken, 0..1. */
  | { readonly stage: 'applying'; readonly fraction: number };

export interface JobOptions {
  /** Aborting rejects with `CANCELLED` as soon as no callback of the request is running. */
  readonly signal?: CancelSignal | undefined;
  readonly onProgress?: ((progress: JobProgress) => void) | undefined;
}

export interface WirePredictRequest {
  readonly model: string;
  readonly proxy: WireProxy;
}

/** An image, and how much of a correction it gets. */
export interface WireImageRequest {
  /** 0..1.5. */
  readonly strength: number;
  /** −3..+3 EV. */
  readonly evBias: number;
  readonly image: WireImageDescription;
}

/** What a fix job begins with. */
export interface OpenFixRequest extends WirePredictRequest, WireImageRequest {
  /** EXIF orientation of proxy and image, 1 to 8; default 1. The network sees the picture upright. */
  readonly orientation?: Orientation | undefined;
}

/** An image that is corrected with the caller's own correction, and whose noise is cleaned. Only if `server.restoration` is present. */
export interface OpenCleanRequest extends WireImageRequest {
  /** Serialised: `serializeCorrection` of `@evenlight/models` writes it. As it lies on the image. */
  readonly correction: Uint8Array;
  /** How much of the noise that the correction lifts is removed. */
  readonly restore: RestorationAmounts;
}

/** The rows of an image: where they come from and where they go. */
export interface RowPort {
  /** Returns the bytes of these rows, tightly packed, little endian. Called in order, one call at a time. */
  readonly readRows: (firstRow: number, rowCount: number) => Promise<Uint8Array> | Uint8Array;
  /**
   * Takes corrected rows. Called in order, one call at a time; not later than the job's promise settles. The bytes are valid until the call
   * returns, or until its promise settles: their memory is used for the next rows.
   */
  readonly writeRows: (bytes: Uint8Array, firstRow: number, rowCount: number) => Promise<void> | void;
}

export interface WireFixRequest extends OpenFixRequest, RowPort {}

/** What the bridge has predicted. */
export type BridgePrediction = Pick<PredictResult, 'correction' | 'model' | 'runtime'>;

/** A job that waits for pixels. It must be ended: by `apply` or by `cancel`. */
export interface OpenJob<Result> {
  /** Sends the rows and takes the corrected ones. Called once at most. Throws as the method that opened the job. */
  apply(rows: RowPort): Promise<Result>;
  /** Ends the job without pixels; does nothing once `apply` has been called. */
  cancel(): void;
}

/** A fix job whose correction is known and whose pixels have not been sent. */
export interface OpenFix extends BridgePrediction, OpenJob<WireFixResult> {}

/** How long a job took on the bridge. Whole milliseconds. */
export interface JobTimings {
  readonly queuedMs: number;
  readonly predictMs: number;
  readonly totalMs: number;
}

export interface PredictResult extends JobTimings {
  /** Serialised correction: `deserializeCorrection` of `@evenlight/models` reads it. */
  readonly correction: Uint8Array<ArrayBuffer>;
  /** What the network ran on. */
  readonly model: Pick<WireModel, 'name' | 'version' | 'checksum'>;
  readonly runtime: WireRuntime;
}

/** What has become of the pixels of a job. */
export interface PixelResult extends JobTimings {
  /** Pixel bytes sent and received, and CRC-32 over each. */
  readonly pixelBytes: number;
  readonly inputCrc32: number;
  readonly outputCrc32: number;
}

export interface WireFixResult extends BridgePrediction, PixelResult {}

/** @throws ProtocolError `UNKNOWN_MODEL`, `BAD_ARGUMENT` */
export function checkPredictRequest(request: WirePredictRequest, server: ServerHello): void {
  const model = server.models.find((candidate) => candidate.name === request.model);
  if (model === undefined) {
    const known = server.models.map((candidate) => candidate.name);
    throw new ProtocolError('UNKNOWN_MODEL', noModelText(request.model, known));
  }
  const misfit = proxyMisfit({ name: model.name, input: model.proxy }, request.proxy);
  if (misfit !== undefined) throw new ProtocolError('BAD_ARGUMENT', misfit);
}

/** @throws ProtocolError `UNKNOWN_MODEL`, `BAD_ARGUMENT`, `IMAGE_TOO_LARGE` */
export function checkFixRequest(request: OpenFixRequest, server: ServerHello): void {
  checkPredictRequest(request, server);
  checkImage(request, server);
}

/** @throws ProtocolError `UNKNOWN_MODEL`, `BAD_ARGUMENT`, `IMAGE_TOO_LARGE` */
export function checkCleanRequest(request: OpenCleanRequest, server: ServerHello): void {
  // A bridge of an older version does not know such a job.
  if (server.restoration === undefined) {
    throw new ProtocolError('UNKNOWN_MODEL', 'the bridge has no model that cleans noise');
  }
  const { length } = request.correction;
  if (length < 1 || length > MAX_CORRECTION_BYTES) {
    throw new ProtocolError(
      'BAD_ARGUMENT',
      `the correction has ${length} bytes, at most ${MAX_CORRECTION_BYTES} are taken`,
    );
  }
  checkImage(request, server);
}

function checkImage(request: WireImageRequest, server: ServerHello): void {
  const { width, height, channels } = request.image;
  const { maxImageSide, maxImagePixels } = server.limits;
  if (
    !Number.isInteger(width) ||
    !Number.isInteger(height) ||
    width < 1 ||
    height < 1 ||
    wireRowBytes(request.image) < 1
  ) {
    throw new ProtocolError('BAD_ARGUMENT', `the image is ${width} × ${height} with ${channels} channels`);
  }
  if (Math.max(width, height) > maxImageSide || width * height > maxImagePixels) {
    throw new ProtocolError(
      'IMAGE_TOO_LARGE',
      `the image is ${width} × ${height}, the bridge takes ${maxImageSide} a side and ${maxImagePixels} pixels`,
    );
  }
}

/** The part of every result that the bridge's last message tells. */
export function timingsOf(done: DoneMessage): JobTimings {
  return { queuedMs: done.queuedMs, predictMs: done.predictMs, totalMs: done.totalMs };
}
