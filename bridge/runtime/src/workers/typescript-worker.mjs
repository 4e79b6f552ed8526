/*
 * The first file of a worker thread that is written in TypeScript: loads `workerData.entry`. See start-worker.ts.
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
