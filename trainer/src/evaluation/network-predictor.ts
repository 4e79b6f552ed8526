import path from 'node:path';
import {
  type Correction,
  correctionFromOutput,
  type ModelContract,
  type ProxyImage,
  viewScene,
} from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { loadSavedModel } from '../network/saved-model.ts';

/** A model that turns proxies into corrections, on the backend that is current. */
export interface NetworkPredictor {
  readonly contract: ModelContract;
  predict(proxy: ProxyImage): Correction;
  dispose(): void;
}

/** A predictor over a network in memory. */
export function predictorOf(model: tfl.LayersModel, contract: ModelContract): NetworkPredictor {
  return {
    contract,
    predict: (proxy) => {
      const view = viewScene(contract, proxy);
      const { pixels, width, height } = view.scene;
      const output = tf.tidy(() => {
        const input = tf.tensor4d(pixels, [1, height, width, 3]);
        return (model.predict(input) as tf.Tensor).dataSync<'float32'>();
      });
      return correctionFromOutput(contract, output, view);
    },
    dispose: () => {
      model.dispose();
    },
  };
}

/** Loads a shipped model, `<modelsFolder>/<name>`. @throws RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_CHECKSUM` */
export async function loadPredictor(modelsFolder: string, name: string): Promise<NetworkPredictor> {
  const { model, contract } = await loadSavedModel(path.join(modelsFolder, name));
  return predictorOf(model, contract);
}
