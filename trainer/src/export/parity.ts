import { messageOf } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-web/wasm';
import { TrainerError } from '../errors.ts';
import type { NetworkInput } from './contract-shapes.ts';

/** How far two runtimes are apart on the same pictures. */
export interface Parity {
  readonly pictures: number;
  /** Largest absolute difference of one output value. */
  readonly largestDifference: number;
  /** Largest absolute output value, to see what the difference means. */
  readonly largestValue: number;
}

/** Sums in another order differ by about 1e-6 of their size; this is what the export insists on for 32-bit weights. */
const PARITY_TOLERANCE = 1e-4;
/** Half-precision weights carry 11 bits. */
export const FP16_PARITY_TOLERANCE = 2e-2;

/**
 * Runs a network in tfjs and its ONNX file in onnxruntime-web (WebAssembly, one thread) on the same pictures.
 *
 * @throws TrainerError `PARITY` if they differ by more than `tolerance`, or if onnxruntime cannot read the file
 */
export async function checkParity(
  model: LayersModel,
  onnx: Uint8Array,
  pictures: readonly NetworkInput[],
  tolerance = PARITY_TOLERANCE,
): Promise<Parity> {
  const session = await openSession(onnx);
  try {
    let largestDifference = 0;
    let largestValue = 0;
    for (const picture of pictures) {
      const expected = runTfjs(model, picture);
      const actual = await runOnnx(session, picture);
      if (actual.length !== expected.length) {
        throw new TrainerError('PARITY', `onnxruntime gives ${actual.length} values, tfjs ${expected.length}`);
      }
      for (const [i, value] of expected.entries()) {
        const difference = Math.abs(value - actual[i]!);
        largestDifference = Math.max(largestDifference, Number.isNaN(difference) ? Infinity : difference);
        largestValue = Math.max(largestValue, Math.abs(value));
      }
    }
    if (largestDifference > tolerance) {
      throw new TrainerError(
        'PARITY',
        `onnxruntime and tfjs differ by ${largestDifference.toExponential(2)}, at most ${tolerance} is allowed`,
      );
    }
    return { pictures: pictures.length, largestDifference, largestValue };
  } finally {
    await session.release();
  }
}

/** A network's answer to a picture, in tfjs' order of numbers. */
export function runTfjs(model: LayersModel, { width, height, pixels }: NetworkInput): Float32Array {
  return tf.tidy(() => {
    const output = model.predict(tf.tensor4d(pixels, [1, height, width, pixels.length / (width * height)]), {
      batchSize: 1,
    });
    if (Array.isArray(output)) throw new TrainerError('UNSUPPORTED_LAYER', `model '${model.name}' has several outputs`);
    return Float32Array.from(output.dataSync());
  });
}

async function openSession(onnx: Uint8Array): Promise<ort.InferenceSession> {
  ort.env.wasm.numThreads = 1;
  try {
    return await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'] });
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('PARITY', `onnxruntime cannot read the exported file: ${reason}`, { cause });
  }
}

async function runOnnx(session: ort.InferenceSession, { width, height, pixels }: NetworkInput): Promise<Float32Array> {
  const [inputName = ''] = session.inputNames;
  const [outputName = ''] = session.outputNames;
  const results = await session.run({
    [inputName]: new ort.Tensor('float32', pixels, [1, height, width, pixels.length / (width * height)]),
  });
  const values = results[outputName]?.data;
  if (!(values instanceof Float32Array))
    throw new TrainerError('PARITY', 'onnxruntime does not answer in 32-bit floats');
  return values;
}
