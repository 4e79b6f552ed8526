import * as tf from '@tensorflow/tfjs-core';

/**
 * Lets TensorFlow's own `ReluGrad` compute the gradient of a rectifier. tfjs composes it of step, cast and multiply, and step of six
 * more operations, each of which writes a tensor as large as the layer: together 40 % of the time of a training step.
 */
export function useReluGradKernel(): void {
  const backend = tf.backend() as unknown as TensorflowBackend;
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => backend.executeSingleOutput('ReluGrad', attributes, [dy as tf.Tensor, x!]) }),
  });
}

/** The part of tfjs-node's backend that runs an operation of TensorFlow by its name. */
interface TensorflowBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(name: string, attributes: object[], inputs: tf.Tensor[]): tf.Tensor;
}
