import type { ImageDescription } from '@evenlight/models';
import type { CleanMessage } from '@evenlight/protocol';
import { ProtocolError, rowsPerStrip, wireRowBytes } from '@evenlight/protocol';
import type { StripApplier } from '../service/apply-pool.ts';
import type { ExposureService } from '../service/exposure-service.ts';
import type { RestorationOrder, Restorer } from '../service/restorer.ts';
import type { PixelRequest } from './job-checks.ts';
import { STRIP_BYTES } from './pixel-pipeline.ts';
import type { ServerLimits } from './server-options.ts';

type Service = Pick<ExposureService, 'restorer'>;

/** Coefficients have two bytes on the wire and four in memory. */
const HELD_AS_FLOATS = 2;

/** Pixels of one job that the bridge holds. */
export interface PixelNeeds {
  /** Strips that are with the threads, wait for rows below them or for the client's window: their number and their bytes. */
  readonly maxStrips: number;
  readonly maxStripBytes: number;
  /** All memory that the job takes. */
  readonly totalBytes: number;
}

/**
 * How much memory the pixels of a job take: more, where they are cleaned, for tiles see many rows at once.
 *
 * @throws as {@link restorerFor}
 */
export function pixelNeeds(
  request: PixelRequest,
  image: ImageDescription,
  service: Service,
  limits: ServerLimits,
): PixelNeeds {
  const rowBytes = wireRowBytes(request.image);
  const { windowBytes, maxStripBytesPerJob, maxStripsPerJob } = limits;
  // Received and not taken, with the threads, and the strip that is being filled.
  const totalBytes = windowBytes + Math.max(maxStripBytesPerJob, rowBytes) + rowBytes;
  if (request.type !== 'clean') return { maxStrips: maxStripsPerJob, maxStripBytes: maxStripBytesPerJob, totalBytes };
  const restorer = restorerFor(request, service);
  const rows = restorer.rowsAhead(image);
  return {
    maxStrips: maxStripsPerJob + Math.ceil(rows / rowsPerStrip(rowBytes, STRIP_BYTES)),
    maxStripBytes: maxStripBytesPerJob + rows * rowBytes,
    totalBytes: totalBytes + restorer.memoryBytes(image) + HELD_AS_FLOATS * request.correction.sizeBytes,
  };
}

/** @throws ProtocolError `UNKNOWN_MODEL` where nothing cleans noise (SPEC.md JB20) */
export function restorerFor({ jobId }: CleanMessage, { restorer }: Service): Restorer {
  if (restorer !== undefined) return restorer;
  throw new ProtocolError('UNKNOWN_MODEL', 'this bridge has no model that cleans noise', { jobId });
}

/**
 * Has what `applier` corrects cleaned, where the job wants it.
 *
 * @throws as {@link restorerFor}
 */
export function withRestoration(
  applier: StripApplier,
  request: PixelRequest,
  image: ImageDescription,
  { service, ...order }: { readonly service: Service } & Omit<RestorationOrder, 'amounts'>,
): StripApplier {
  if (request.type !== 'clean') return applier;
  return restorerFor(request, service).open(applier, image, { ...order, amounts: request.restore });
}
