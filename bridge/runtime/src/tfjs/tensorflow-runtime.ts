import * as tf from '@tensorflow/tfjs-core';
import { loadNativeTensorflow } from './native-tensorflow.ts';
import type { Runtime } from './runtime.ts';
import { TfjsRuntime } from './tfjs-runtime.ts';

/**
 * The runtime on native TensorFlow: the GPU when TensorFlow finds one, else the CPU. Makes it the current tfjs backend of
 * this process, which has to have been started with `tensorflowEnvironment()`.
 *
 * @throws RuntimeError `RUNTIME_UNAVAILABLE`
 */
export async function createTensorflowRuntime(): Promise<Runtime> {
  const { version, device } = await loadNativeTensorflow();
  tf.enableProdMode();
  const description = `native TensorFlow ${version} on the ${device.toUpperCase()}`;
  return new TfjsRuntime({ kind: 'tensorflow', device, version, description });
}
