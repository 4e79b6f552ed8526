import { existsSync } from 'node:fs';
import path from 'node:path';
import { TrainerError } from '../errors.ts';
import { type NetworkPredictor, predictorOf } from '../evaluation/network-predictor.ts';
import { draftContract } from '../export/draft-contract.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { readCheckpoint, runOfCheckpoint } from '../training/checkpoint.ts';
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

/** The checkpoint of a run's folder that predictions and exports use: the best by validation, else the last. */
export function checkpointIn(outFolder: string): string {
  const best = path.join(outFolder, 'best.ckpt');
  return existsSync(best) ? best : path.join(outFolder, 'last.ckpt');
}

/**
 * The run file of a checkpoint: the one that is named, else the one that it was made by.
 *
 * @throws TrainerError `BAD_OPTION` when neither is there
 */
export async function runOf(checkpoint: string, runFile: string | undefined): Promise<RunFile> {
  if (runFile !== undefined) return readRunFile(runFile);
  const run = runOfCheckpoint((await readCheckpoint(checkpoint)).header, checkpoint);
  if (run) return run;
  throw new TrainerError('BAD_OPTION', `${checkpoint} does not say which run file made it; name it`);
}

/** The network of a checkpoint of a run, before it is exported. */
export async function openCheckpoint(run: RunFile, checkpoint: string): Promise<NetworkPredictor> {
  const { model, guide } = await loadTrainedNetwork(run, checkpoint);
  return predictorOf(model, draftContract(run, guide));
}
