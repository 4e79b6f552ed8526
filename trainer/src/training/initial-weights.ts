import { stat } from 'node:fs/promises';
import { CELL_COEFFICIENTS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';
import { GRID_LAYER } from '../network/grid-network.ts';
import { loadSavedModel, loadSavedRestoration } from '../network/saved-model.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import type { Trainee } from './trainee.ts';

/**
 * The parameters a run begins from: the averaged weights of a checkpoint of the same network, or those of a shipped model
 * (a folder with a `contract.json`), whose grid may have another depth, and which was exported with the run file's `decision`.
 *
 * @throws TrainerError `BAD_CHECKPOINT` when it is another network.
 */
export async function initialWeights(source: string, trainee: Trainee): Promise<Float32Array> {
  const isFolder = await stat(source).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder && trainee.isRestoration) return parametersOf(source, await loadSavedRestoration(source), trainee);
  if (isFolder) {
    const { model, contract } = await loadSavedModel(source);
    trainee.guide.set(contract.guide);
    return parametersOf(source, model, trainee);
  }
  return (await readCheckpointFor(trainee, source)).state.average;
}

/** Reads a checkpoint. @throws TrainerError `BAD_CHECKPOINT` when it holds another network than `trainee`. */
export async function readCheckpointFor(trainee: Trainee, file: string): Promise<Checkpoint> {
  const checkpoint = await readCheckpoint(file);
  const got = checkpoint.state.average.length;
  const needed = trainee.variables.reduce((sum, variable) => sum + variable.size, 0);
  if (got !== needed) {
    const sizes = `${got} parameters, the run file's network has ${needed}`;
    throw new TrainerError('BAD_CHECKPOINT', `${file} holds ${sizes}`);
  }
  return checkpoint;
}

/** All parameters of `trainee` once its layers have the weights of `model`, which is disposed of. */
function parametersOf(folder: string, model: tfl.LayersModel, trainee: Trainee): Float32Array {
  tf.tidy(() => {
    for (const layer of trainee.model.layers) {
      const own = layer.getWeights();
      if (own.length === 0) continue;
      const given = model.layers.find(({ name }) => name === layer.name)?.getWeights();
      // A layer that the shipped model does not have yet begins as the run file's seed makes it.
      if (given === undefined) continue;
      const weights = given.map((weight, i) =>
        layer.name === GRID_LAYER && own[i] ? resampleDepth(weight, own[i].shape.at(-1)! / CELL_COEFFICIENTS) : weight,
      );
      const [got, needed] = [weights, own].map((list) => list.map(({ shape }) => shape.join('×')).join(' and '));
      if (got !== needed) {
        const layers = `layer '${layer.name}' has ${got || 'no weights'}, the run file's network needs ${needed ?? ''}`;
        throw new TrainerError('BAD_CHECKPOINT', `${folder} holds another network: ${layers}`);
      }
      layer.setWeights(weights);
    }
  });
  model.dispose();
  trainee.undecideGate();
  return tf.tidy(() => tf.concat1d(trainee.variables.map((variable) => variable.flatten())).dataSync<'float32'>());
}

/** The last convolution of a grid network for a grid of another depth: its cells linearly interpolated along the depth. */
function resampleDepth(weight: tf.Tensor, depth: number): tf.Tensor {
  const lead = weight.shape.slice(0, -1);
  const given = weight.shape.at(-1)! / CELL_COEFFICIENTS;
  if (given === depth) return weight;
  const cells = weight.reshape<tf.Tensor3D>([-1, given, CELL_COEFFICIENTS]);
  const at = (z: number): tf.Tensor3D =>
    cells.slice<tf.Tensor3D>([0, Math.min(given - 1, z), 0], [-1, 1, CELL_COEFFICIENTS]);
  const layers = Array.from({ length: depth }, (_, z) => {
    const place = Math.min(given - 1, Math.max(0, ((z + 0.5) * given) / depth - 0.5));
    const below = Math.floor(place);
    return at(below)
      .mul(1 - (place - below))
      .add<tf.Tensor3D>(at(below + 1).mul(place - below));
  });
  return tf.concat(layers, 1).reshape([...lead, depth * CELL_COEFFICIENTS]);
}
