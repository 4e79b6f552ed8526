import type { Correction, ProxyImage } from '@evenlight/models';
import type { JobRequest } from '@evenlight/protocol';
import type { PredictProgress, Priority } from '@evenlight/runtime';
import type { JobSession } from './job-session.ts';
import type { PredictingRequest } from './job-checks.ts';

/** A correction from the network, and how long it took. Whole milliseconds. */
export interface TimedPrediction {
  readonly correction: Correction;
  readonly queuedMs: number;
  readonly predictMs: number;
}

/** Whether somebody waits for a job in front of a screen. */
export function priorityOf({ batch }: Pick<JobRequest, 'batch'>): Priority {
  return batch === true ? 'batch' : 'interactive';
}

/**
 * Asks the network what a job's proxy needs, and tells the client how far that is.
 *
 * @throws as `ExposureService.predict`, or the reason of the signal
 */
export async function predictForJob(
  request: PredictingRequest,
  proxy: ProxyImage,
  { settings, connectionId, account, sendMessage }: JobSession,
  signal: AbortSignal,
): Promise<TimedPrediction> {
  const { clock, service } = settings;
  const { jobId, model } = request;
  const queuedAt = clock.nowMs();
  let startedAt = queuedAt;
  const onProgress = (progress: PredictProgress): void => {
    if (progress.state === 'running') startedAt = clock.nowMs();
    if (signal.aborted) return;
    if (progress.state === 'queued') {
      sendMessage({ type: 'progress', jobId, stage: 'queued', position: progress.position });
    } else sendMessage({ type: 'progress', jobId, stage: progress.state === 'running' ? 'predicting' : 'retrying' });
  };
  const orientation = request.type === 'fix' ? request.orientation : 1;
  const correction = await service.predict(
    { model, proxy, orientation },
    { signal, onProgress, clientId: connectionId, userId: account.key, priority: priorityOf(request) },
  );
  signal.throwIfAborted();
  return {
    correction,
    queuedMs: Math.max(0, Math.round(startedAt - queuedAt)),
    predictMs: Math.max(0, Math.round(clock.nowMs() - startedAt)),
  };
}
