import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ModelContract, parseContract } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';

/** A network as it is shipped, with what it promises. */
export interface SavedModel {
  readonly model: tfl.LayersModel;
  readonly contract: ModelContract;
}

/** Loads a shipped model from its folder. @throws TrainerError `BAD_DATASET` when there is none. */
export async function loadSavedModel(folder: string): Promise<SavedModel> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path.join(folder, 'contract.json'), 'utf8'));
  } catch (cause) {
    const name = path.basename(folder);
    throw new TrainerError('BAD_DATASET', `no model '${name}': ${folder} has no readable contract.json`, { cause });
  }
  return { contract: parseContract(json), model: await loadLayersModel(path.join(folder, 'tfjs', 'model.json')) };
}

/** Loads a tfjs layers model from disk. */
async function loadLayersModel(file: string): Promise<tfl.LayersModel> {
  const artifacts = JSON.parse(await readFile(file, 'utf8')) as {
    modelTopology: object;
    weightsManifest: [{ paths: [string]; weights: tf.io.WeightsManifestEntry[] }];
  };
  const [group] = artifacts.weightsManifest;
  const bytes = await readFile(path.join(path.dirname(file), group.paths[0]));
  const weightData = new Uint8Array(bytes).buffer;
  return tfl.loadLayersModel(
    tf.io.fromMemory({ modelTopology: artifacts.modelTopology, weightSpecs: group.weights, weightData }),
  );
}
