import type { ImageDescription } from '@evenlight/models';
import type { FixMessage } from '@evenlight/protocol';
import { ProtocolError, rowsPerStrip, wireRowBytes } from '@evenlight/protocol';
import type { StripApplier } from '../service/apply-pool.ts';
import type { ExposureService } from '../service/exposure-service.ts';
import type { RestorationOrder } from '../service/restorer.ts';
import { STRIP_BYTES } from './pixel-pipeline.ts';
import type { ServerLimits } from './server-options.ts';

/** Pixels of one job that the bridge holds. */
export interface PixelNeeds {
  /** Strips that are with the threads, wait for rows below them or for the client's window: their number and their bytes. */
  readonly maxStrips: number;
  readonly maxStripBytes: number;
  /** All memory that the job takes. */
  readonly totalBytes: number;
}

/** How much memory the pixels of a job take: more, where they are restored, for tiles see many rows at once. */
export function pixelNeeds(
  { image: wireImage, restore }: FixMessage,
  image: ImageDescription,
  { restorer }: Pick<ExposureService, 'restorer'>,
  limits: ServerLimits,
): PixelNeeds {
  const rowBytes = wireRowBytes(wireImage);
  const { windowBytes, maxStripBytesPerJob, maxStripsPerJob } = limits;
  // Received and not taken, with the threads, and the strip that is being filled.
  const totalBytes = windowBytes + Math.max(maxStripBytesPerJob, rowBytes) + rowBytes;
  const plain = { maxStrips: maxStripsPerJob, maxStripBytes: maxStripBytesPerJob, totalBytes };
  if (restore === undefined || restorer === undefined) return plain;
  const rows = restorer.rowsAhead(image);
  return {
    maxStrips: maxStripsPerJob + Math.ceil(rows / rowsPerStrip(rowBytes, STRIP_BYTES)),
    maxStripBytes: maxStripBytesPerJob + rows * rowBytes,
    totalBytes: totalBytes + restorer.memoryBytes(image),
  };
}

/** @throws ProtocolError `UNKNOWN_MODEL` for a job that wants its noise cleaned where nothing does (SPEC.md JB20) */
export function checkRestoration({ restore, jobId }: FixMessage, service: Pick<ExposureService, 'restorer'>): void {
  if (restore === undefined || service.restorer !== undefined) return;
  throw new ProtocolError('UNKNOWN_MODEL', 'this bridge has no model that cleans noise', { jobId });
}

/** Has what `applier` corrects restored, where the job wants it. */
export function withRestoration(
  applier: StripApplier,
  { restore }: FixMessage,
  image: ImageDescription,
  { restorer, ...order }: Pick<ExposureService, 'restorer'> & Omit<RestorationOrder, 'amounts'>,
): StripApplier {
  if (restore === undefined || restorer === undefined) return applier;
  return restorer.open(applier, image, { ...order, amounts: restore });
}
