/*
 * Starts a worker thread from a TypeScript file: `new Worker('typescript-worker.mjs', { workerData: { entry } })`.
 *
 * Node 22.18 and later read TypeScript themselves. On Node 20 tsx has to be registered inside the thread: `--import tsx` in a
 * worker's execArgv has no effect there.
 */
import { workerData } from 'node:worker_threads';

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import(workerData.entry);
