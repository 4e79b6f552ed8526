import { onCancel } from '@evenlight/models';
import { tidyFolders } from '@evenlight/runtime';
import { UnrecoverableError, Worker } from 'bullmq';
import { BridgeError } from '../errors.ts';
import type { FixOptions } from '../fix/fix-options.ts';
import type { FixReporter, PhotoOutcome } from '../fix/fix-report.ts';
import type { PhotoFixer } from '../fix/photo-fixer.ts';
import { runFix } from '../fix/run-fix.ts';
import { fromPhotoJob } from './photo-job.ts';
import { connectRedis, QUEUE_NAME } from './photo-queue.ts';

export interface PhotoWorkerOptions {
  readonly queueUrl: string;
  /** The shared folder's path on this computer; absolute. */
  readonly root: string;
  /** Photographs in work at once. */
  readonly jobs: number;
  /** A worker that has not been heard of for so long is dead: others take its photographs over. */
  readonly takeOverMs: number;
  /** Settings that the job does not have. */
  readonly fix: FixOptions;
}

export interface PhotoWorkerParts {
  readonly fixer: PhotoFixer;
  readonly reporter: FixReporter;
  /** Takes no new photographs; those in work are finished. */
  readonly signal: AbortSignal;
}

/** After so many workers have died over a photograph, it is taken for the cause. */
const MOST_DEATHS = 5;

/** Error codes of failures that the next attempt may not have. */
const PASSING: ReadonlySet<string> = new Set([
  // A worker that was taken for dead has finished after all: the next attempt finds its result.
  'OUTPUT_EXISTS',
  ...['FILE_CHANGED', 'WRITE_FAILED', 'RUNTIME_CRASHED', 'RUNTIME_FAILED', 'APPLY_FAILED', 'BUSY', 'JOB_TIMEOUT'],
  ...['CONNECTION_LOST', 'CONNECTION_REFUSED', 'CONNECTION_FAILED', 'CONNECT_TIMEOUT', 'UPGRADE_REFUSED'],
  ...[
    'SHUTTING_DOWN',
    'NO_SIGN_OF_LIFE',
    'PHOTO_PROCESS_DIED',
    'TOO_MANY_CONNECTIONS',
    'DIGEST_MISMATCH',
    'UNEXPECTED',
  ],
]);

/**
 * Fixes photographs of the queue until the signal is aborted. Each is fixed as by `evenlight fix`: its result appears completely or
 * not at all, and an existing result with the same settings is kept.
 *
 * @throws BridgeError `QUEUE_FAILED`
 */
export async function runPhotoWorker(options: PhotoWorkerOptions, parts: PhotoWorkerParts): Promise<void> {
  const redis = await connectRedis(options.queueUrl);
  const worker = new Worker(QUEUE_NAME, ({ data }: { data: unknown }) => fixPhotoOf(data, options, parts), {
    connection: redis,
    concurrency: options.jobs,
    lockDuration: options.takeOverMs,
    stalledInterval: options.takeOverMs / 2,
    maxStalledCount: MOST_DEATHS,
    autorun: false,
  });
  // A killed worker leaves half a file. A folder is tidied when a process first writes to it; those that take over did so long before.
  worker.on('drained', () => void tidyFolders());
  // A queue that cannot be reached for a while is connected to again.
  worker.on('error', () => undefined);
  const { signal } = parts;
  const stopListening = onCancel(signal, () => void worker.close());
  try {
    if (!signal.aborted) await worker.run();
    await worker.close();
    await tidyFolders();
  } finally {
    stopListening();
    redis.disconnect();
  }
}

/** @returns what the queue remembers of it. Throws the error for which it is tried again, or given up */
async function fixPhotoOf(
  data: unknown,
  { root, fix }: PhotoWorkerOptions,
  { fixer, reporter }: PhotoWorkerParts,
): Promise<string> {
  const { planned, settings } = readJob(data, root);
  const { model, ...adjustment } = settings;
  const outcomes: PhotoOutcome[] = [];
  await runFix(
    { ...fix, ...adjustment, ...(model !== undefined && { model }), planned: [planned], skipExisting: true, jobs: 1 },
    {
      // Not the worker's own signal: photographs in work are finished.
      signal: new AbortController().signal,
      startFixer: () => Promise.resolve({ ...fixer, close: () => Promise.resolve() }),
      reporter: {
        ...reporter,
        finish: (outcome, ran) => {
          outcomes.push(outcome);
          reporter.finish(outcome, ran);
        },
        summarize: () => undefined,
      },
    },
  );
  const [outcome] = outcomes;
  if (outcome?.status !== 'failed') return outcome?.status ?? 'unchanged';
  const { code, message } = outcome.error;
  const text = `${code}: ${message}`;
  throw PASSING.has(code) ? new Error(text) : new UnrecoverableError(text);
}

function readJob(data: unknown, root: string): ReturnType<typeof fromPhotoJob> {
  try {
    return fromPhotoJob(data, root);
  } catch (error) {
    if (error instanceof BridgeError) throw new UnrecoverableError(`${error.code}: ${error.message}`);
    throw error;
  }
}
