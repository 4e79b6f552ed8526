import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Predictor, predictorOf } from '../evaluation/predictor.ts';
import { draftContract } from '../export/draft-contract.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';

/** Where the run file of a shipped model is kept. */
export function runFileOf(model: string): string {
  return path.join('trainer', 'runs', `${model}.json`);
}

/** The run file of a shipped model, if it is there. */
export async function readRunOf(model: string): Promise<RunFile | undefined> {
  const file = runFileOf(model);
  return existsSync(file) ? readRunFile(file) : undefined;
}

/** The network of a checkpoint of a run, before it is exported. */
export async function openCheckpoint(run: RunFile, checkpoint: string): Promise<Predictor> {
  const { model, guide } = await loadTrainedNetwork(run, checkpoint);
  return predictorOf(model, draftContract(run, guide));
}
