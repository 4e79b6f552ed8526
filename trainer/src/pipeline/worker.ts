import { parentPort, workerData } from 'node:worker_threads';
import type { RunFile } from '../run-file.ts';
import { batchShape, makeBatch } from './batch.ts';
import { PairMaker, type PairSources } from './pair-maker.ts';

/** What a pipeline worker is started with. */
export interface WorkerInput {
  readonly run: RunFile;
  readonly sources: PairSources;
}

// Only PairPipeline starts this file, with exactly this.
// eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion
const { run, sources } = (workerData as { readonly input: WorkerInput }).input;
const maker = new PairMaker(run, sources);
const shape = batchShape(run);

parentPort?.on('message', (index: number) => {
  void makeBatch(maker, index, shape).then((batch) => {
    parentPort?.postMessage(batch, [
      batch.input.buffer,
      batch.target.buffer,
      batch.wrong.buffer,
      batch.tooBright.buffer,
    ]);
  });
});
