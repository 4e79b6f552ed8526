// Entry of a worker thread that is written in TypeScript: on Node 20 `--import tsx` reaches a thread too late for its own
// entry file, so the thread registers tsx itself and then imports the file named by `workerData.entry`.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
