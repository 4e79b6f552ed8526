import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Correction,
  correctionFromOutput,
  type ModelContract,
  parseContract,
  type Proxy,
} from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';

/** A model that turns proxies into corrections, on the backend that is current. */
export interface Predictor {
  readonly contract: ModelContract;
  predict(proxy: Proxy): Correction;
  dispose(): void;
}

/** A predictor over a network in memory. */
export function predictorOf(model: tfl.LayersModel, contract: ModelContract): Predictor {
  return {
    contract,
    predict: (proxy) => {
      const output = tf.tidy(() => {
        const input = tf.tensor4d(proxy.pixels, [1, proxy.height, proxy.width, 3]);
        return (model.predict(input) as tf.Tensor).dataSync<'float32'>();
      });
      return correctionFromOutput(contract, output, proxy);
    },
    dispose: () => {
      model.dispose();
    },
  };
}

/** Loads a shipped model, `<modelsFolder>/<name>`. @throws TrainerError `BAD_DATASET` when there is none. */
export async function loadPredictor(modelsFolder: string, name: string): Promise<Predictor> {
  const folder = path.join(modelsFolder, name);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path.join(folder, 'contract.json'), 'utf8'));
  } catch (cause) {
    throw new TrainerError('BAD_DATASET', `no model '${name}': ${folder} has no readable contract.json`, { cause });
  }
  return predictorOf(await loadLayersModel(path.join(folder, 'tfjs', 'model.json')), parseContract(json));
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
