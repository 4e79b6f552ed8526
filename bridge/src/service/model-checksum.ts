import { createHash } from 'node:crypto';
import type { ModelContract, RestorationContract } from '@evenlight/models';

/** One sum for a whole model, in hex: SHA-256 over the sums of the files that are run, in the order of the contract. */
export function modelChecksum({ files }: ModelContract | RestorationContract): string {
  const { model, weights } = files.tfjs;
  const hash = createHash('sha256');
  for (const file of [model, ...weights]) hash.update(`${file.sha256}\n`);
  return hash.digest('hex');
}
