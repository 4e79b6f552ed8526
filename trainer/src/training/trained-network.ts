import type * as tfl from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';
import type { RunFile } from '../run-file.ts';
import { AdamW } from './adamw.ts';
import { type CheckpointHeader, readCheckpoint } from './checkpoint.ts';
import { Trainee } from './trainee.ts';

/** A network with the averaged weights of a checkpoint, and the guide that was trained with it. */
export interface TrainedNetwork {
  readonly model: tfl.LayersModel;
  readonly guide: { readonly weights: readonly [number, number, number]; readonly gamma: number };
  readonly header: CheckpointHeader;
}

/** Loads a run's network from a checkpoint. @throws TrainerError `BAD_CHECKPOINT` when it holds another network. */
export async function loadTrainedNetwork(run: RunFile, checkpoint: string): Promise<TrainedNetwork> {
  const { header, state } = await readCheckpoint(checkpoint);
  const trainee = new Trainee(run);
  const optimizer = new AdamW(trainee.variables);
  const expected = optimizer.state().parameters.length;
  if (state.average.length !== expected) {
    const got = `${String(state.average.length)} parameters, the run file's network has ${String(expected)}`;
    throw new TrainerError('BAD_CHECKPOINT', `${checkpoint} holds ${got}`);
  }
  optimizer.restore({ ...state, parameters: state.average });
  const guide = trainee.guide.values();
  optimizer.dispose();
  return { model: trainee.model, guide, header };
}
