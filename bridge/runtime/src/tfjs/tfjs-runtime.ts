import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import { loadNetwork } from './load-network.ts';
import type { EngineInfo, InputShape, NetworkFolder, Runtime } from './runtime.ts';

/** Runs LayersModels on whichever tfjs backend has been made current; both runtimes are this class. */
export class TfjsRuntime implements Runtime {
  readonly info: EngineInfo;
  readonly #models = new Map<string, LayersModel>();

  constructor(info: EngineInfo) {
    this.info = info;
  }

  async load(model: NetworkFolder): Promise<void> {
    const { name } = model.contract;
    const loaded = await loadNetwork(model);
    this.#models.get(name)?.dispose();
    this.#models.set(name, loaded);
    const shape = warmUpShape(model.contract);
    await this.run(name, new Float32Array(tf.util.sizeFromShape([...shape])).fill(0.5), shape);
  }

  async run(modelName: string, input: Float32Array, shape: InputShape): Promise<Float32Array> {
    const model = this.#models.get(modelName);
    if (model === undefined) throw new RuntimeError('MODEL_NOT_FOUND', `model "${modelName}" is not loaded`);
    const expectedLength = tf.util.sizeFromShape([...shape]);
    if (input.length !== expectedLength) {
      const values = `${input.length} values, shape ${shape.join('×')} needs ${expectedLength}`;
      throw new RuntimeError('BAD_INPUT', `the input has ${values}`);
    }
    try {
      return await predict(model, input, shape);
    } catch (cause) {
      const reason = messageOf(cause);
      throw new RuntimeError('RUNTIME_FAILED', `model "${modelName}" failed on ${shape.join('×')}: ${reason}`, {
        cause,
      });
    }
  }

  dispose(): Promise<void> {
    for (const model of this.#models.values()) model.dispose();
    this.#models.clear();
    return Promise.resolve();
  }
}

/** For restoration models the smallest tile, because the size of real tiles depends on the picture. */
function warmUpShape({ kind, input }: NetworkFolder['contract']): InputShape {
  if (kind === 'restoration') return [1, input.multipleOf, input.multipleOf, input.channels];
  return [1, input.height, input.width, input.channels];
}

async function predict(model: LayersModel, input: Float32Array, shape: InputShape): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const predicted = model.predict(tf.tensor4d(input, [...shape], 'float32'));
    if (Array.isArray(predicted)) throw new Error(`the network has ${predicted.length} outputs, needs 1`);
    return predicted;
  });
  try {
    // A copy: the WebAssembly backend may hand out a view of its own heap, which the next run overwrites.
    return Float32Array.from(await output.data<'float32'>());
  } finally {
    output.dispose();
  }
}
