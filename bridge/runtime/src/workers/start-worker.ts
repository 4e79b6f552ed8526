import { Worker, type WorkerOptions } from 'node:worker_threads';
import { compiledFormOf, START_COMPILED } from './compiled-file.ts';

/**
 * Starts a worker thread from a TypeScript file, or from its compiled form, on every Node (see typescript-worker.mjs).
 *
 * @param entry the file: `new URL('./apply-worker.ts', import.meta.url)`
 * @param input what the thread finds as `workerData.input`
 */
export function startWorker(entry: URL, input?: unknown, options: Pick<WorkerOptions, 'resourceLimits'> = {}): Worker {
  const compiled = compiledFormOf(entry);
  return new Worker(compiled === undefined ? new URL('./typescript-worker.mjs', import.meta.url) : START_COMPILED, {
    ...options,
    workerData: { entry: entry.href, compiled, input },
    // None of the parent's arguments: its loader or debugger is not meant for threads, and a thread would look for `--import tsx`
    // from the folder in which the command was started.
    execArgv: [],
  });
}
