import { stat } from 'node:fs/promises';
import { CELL_COEFFICIENTS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';
import { GRID_LAYER, layerOfSharedGate } from '../network/grid-network.ts';
import { loadSavedModel, loadSavedRestoration } from '../network/saved-model.ts';
import type { RunFile } from '../run-file.ts';
import { assignParameters } from './adamw.ts';
import { type Checkpoint, readCheckpoint, runOfCheckpoint } from './checkpoint.ts';
import { Trainee } from './trainee.ts';

/**
 * The parameters a run begins from: the averaged weights of a checkpoint of the same network, or those of a shipped model
 * (a folder with a `contract.json`), whose grid may have another depth, and which was exported with the run file's `decision`.
 * A gate that has levels of its own begins as the gate of a network that shares them.
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
  const { header, state } = await readCheckpoint(source);
  const run = runOfCheckpoint(header, source);
  return run && trainee.separatesGateOf(run)
    ? separated(source, { run, parameters: state.average }, trainee)
    : checked(source, state.average, trainee);
}

/** Reads a checkpoint. @throws TrainerError `BAD_CHECKPOINT` when it holds another network than `trainee`. */
export async function readCheckpointFor(trainee: Trainee, file: string): Promise<Checkpoint> {
  const checkpoint = await readCheckpoint(file);
  checked(file, checkpoint.state.average, trainee);
  return checkpoint;
}

function checked(file: string, parameters: Float32Array, trainee: Trainee): Float32Array {
  const got = parameters.length;
  const needed = trainee.variables.reduce((sum, variable) => sum + variable.size, 0);
  if (got === needed) return parameters;
  const sizes = `${got} parameters, the run file's network has ${needed}`;
  throw new TrainerError('BAD_CHECKPOINT', `${file} holds ${sizes}`);
}

/** All parameters of `trainee` once its layers have the weights of a trained network whose gate shares all levels. */
function separated(
  file: string,
  { run, parameters }: { readonly run: RunFile; readonly parameters: Float32Array },
  trainee: Trainee,
): Float32Array {
  const shared = new Trainee(run);
  try {
    checked(file, parameters, shared);
    tf.tidy(() => {
      assignParameters(shared.variables, tf.tensor1d(parameters));
    });
    trainee.guide.set(shared.guide.values());
    giveLayers(file, shared.model, trainee);
    return trainee.parameters();
  } finally {
    shared.dispose();
  }
}

/** All parameters of `trainee` once its layers have the weights of `model`, which is disposed of. */
function parametersOf(folder: string, model: tfl.LayersModel, trainee: Trainee): Float32Array {
  giveLayers(folder, model, trainee);
  model.dispose();
  trainee.undecideGate();
  return trainee.parameters();
}

function giveLayers(source: string, model: tfl.LayersModel, trainee: Trainee): void {
  const weightsOf = (name: string): tf.Tensor[] | undefined =>
    model.layers.find((layer) => layer.name === name)?.getWeights();
  tf.tidy(() => {
    for (const layer of trainee.model.layers) {
      const own = layer.getWeights();
      if (own.length === 0) continue;
      const inShared = layerOfSharedGate(layer.name);
      const given = weightsOf(layer.name) ?? (inShared === undefined ? undefined : weightsOf(inShared));
      // A layer that the model does not have yet begins as the run file's seed makes it.
      if (given === undefined) continue;
      const weights = given.map((weight, i) =>
        layer.name === GRID_LAYER && own[i] ? resampleDepth(weight, own[i].shape.at(-1)! / CELL_COEFFICIENTS) : weight,
      );
      const [got, needed] = [weights, own].map((list) => list.map(({ shape }) => shape.join('×')).join(' and '));
      if (got !== needed) {
        const layers = `layer '${layer.name}' has ${got || 'no weights'}, the run file's network needs ${needed ?? ''}`;
        throw new TrainerError('BAD_CHECKPOINT', `${source} holds another network: ${layers}`);
      }
      layer.setWeights(weights);
    }
  });
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
