import { ProtocolError } from '@evenlight/protocol';
import type { ClientJob } from './client-job.ts';
import type { OpenCleanRequest } from './client-requests.ts';

/**
 * The first half of a `clean` job: from its first message until the bridge waits for pixels.
 *
 * @throws ProtocolError `DIGEST_MISMATCH` when the bridge has received another correction
 */
export async function beginClean(job: ClientJob, request: OpenCleanRequest): Promise<void> {
  const { image, strength, evBias, correction, restore } = request;
  const { width, height, channels, format, colorSpace } = image;
  job.begin({
    type: 'clean',
    jobId: job.id,
    image: { width, height, channels, format, colorSpace },
    ...{ strength, evBias, restore },
    correction: { sizeBytes: correction.length },
  });
  const sender = job.openSender('given', correction.length);
  await sender.write(correction);
  const { givenCrc32 } = await job.ready;
  if (givenCrc32 === sender.sum) return;
  const text = `the bridge has a correction with sum ${givenCrc32}, ${sender.sum} was sent`;
  throw new ProtocolError('DIGEST_MISMATCH', text, { jobId: job.id });
}
