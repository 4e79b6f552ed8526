import { availableParallelism } from 'node:os';
import { DEFAULT_MODEL } from '@evenlight/models';
import { createBridgeFixer } from '../fix/bridge-fixer.ts';
import type { FixOptions } from '../fix/fix-options.ts';
import { createLocalFixer } from '../fix/local-fixer.ts';
import type { PhotoFixer } from '../fix/photo-fixer.ts';
import { ExposureService } from '../service/exposure-service.ts';

/** A thread costs 30 to 50 MB; with more of them, reading and writing the file take longer than correcting it. */
const MAX_APPLY_THREADS = 3;

/**
 * Connects to a bridge, or starts the network in child processes, as the options say.
 *
 * @param photoCount how many photographs will be fixed, where that is known
 */
export async function startFixer(
  options: Pick<
    FixOptions,
    'model' | 'restore' | 'runtime' | 'modelsFolder' | 'bridgeUrl' | 'bridgeWaitSeconds' | 'token'
  >,
  signal: AbortSignal,
  photoCount?: number,
): Promise<PhotoFixer> {
  const {
    model = DEFAULT_MODEL,
    restore = 'off',
    runtime,
    modelsFolder,
    bridgeUrl,
    bridgeWaitSeconds,
    token,
  } = options;
  if (bridgeUrl !== undefined) {
    // Loaded here, because sockets, HTTP and TLS take 50 ms that a run without a bridge does not need.
    const { connectBridge } = await import('../client/connect-bridge.ts');
    return createBridgeFixer(
      () => connectBridge(bridgeUrl, { token, signal }),
      bridgeWaitSeconds === undefined ? {} : { patienceMs: 1000 * bridgeWaitSeconds },
    );
  }
  const service = await ExposureService.start({
    models: [model],
    restoration: restore === 'off' ? 'none' : 'needed',
    runtime,
    // To remove noise takes many more runs of the network than there are photographs.
    ...(restore === 'off' && { predictions: photoCount }),
    applyThreads: Math.min(availableParallelism(), MAX_APPLY_THREADS),
    ...(modelsFolder !== undefined && { modelsFolder }),
  });
  return createLocalFixer(service);
}
