import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { decideFirmly } from '../network/decide-firmly.ts';
import { gateLayerOf } from '../network/grid-network.ts';
import type { RunFile } from '../run-file.ts';
import { assignParameters } from './adamw.ts';
import type { CheckpointHeader } from './checkpoint.ts';
import { readCheckpointFor } from './initial-weights.ts';
import { Trainee } from './trainee.ts';

/** A network with the averaged weights of a checkpoint, and the guide that was trained with it. */
export interface TrainedNetwork {
  readonly model: tfl.LayersModel;
  readonly guide: { readonly weights: readonly [number, number, number]; readonly gamma: number };
  readonly header: CheckpointHeader;
}

/** Loads a run's network from a checkpoint, its gate decided as the run file says. @throws TrainerError `BAD_CHECKPOINT` when it holds another network. */
export async function loadTrainedNetwork(run: RunFile, checkpoint: string): Promise<TrainedNetwork> {
  const trainee = new Trainee(run);
  const { header, state } = await readCheckpointFor(trainee, checkpoint);
  tf.tidy(() => {
    assignParameters(trainee.variables, tf.tensor1d(state.average));
  });
  const guide = trainee.guide.values();
  if (run.decision && run.network.type === 'grid' && run.network.gate) {
    decideFirmly(trainee.model.getLayer(gateLayerOf(run.network)), run.decision);
  }
  return { model: trainee.model, guide, header };
}
