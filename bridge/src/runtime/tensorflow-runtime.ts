import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { BridgeError, messageOf } from '../errors.ts';
import { NATIVE_PACKAGE, nativeTensorflowMissing } from './native-package.ts';
import type { Runtime } from './runtime.ts';
import { TfjsRuntime } from './tfjs-runtime.ts';

const nodeBackend = z.looseObject({
  isUsingGpuDevice: z.boolean(),
  binding: z.looseObject({ TF_Version: z.string() }),
});

/**
 * The runtime on native TensorFlow: the GPU when TensorFlow finds one, else the CPU. Makes it the current tfjs backend of
 * this process, which has to have been started with TENSORFLOW_ENVIRONMENT.
 *
 * @throws BridgeError `RUNTIME_UNAVAILABLE`
 */
export async function createTensorflowRuntime(): Promise<Runtime> {
  const missing = nativeTensorflowMissing();
  if (missing !== undefined) throw unavailable(missing);
  const require = createRequire(import.meta.url);
  restoreIsNullOrUndefined(require('node:util'));
  try {
    require(NATIVE_PACKAGE);
    tf.enableProdMode();
    if (!(await tf.setBackend('tensorflow'))) throw new Error('the backend did not start');
  } catch (cause) {
    throw unavailable(`native TensorFlow does not load: ${messageOf(cause)}`, cause);
  }
  const backend = z.parse(nodeBackend, tf.backend());
  const version = backend.binding.TF_Version;
  const device = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
  const description = `native TensorFlow ${version} on the ${device.toUpperCase()}`;
  return new TfjsRuntime({ kind: 'tensorflow', device, version, description });
}

function unavailable(reason: string, cause?: unknown): BridgeError {
  return new BridgeError('RUNTIME_UNAVAILABLE', reason, { cause });
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node removed in version 23 (tensorflow/tfjs#8609). */
function restoreIsNullOrUndefined(util: unknown): void {
  if (typeof util !== 'object' || util === null || 'isNullOrUndefined' in util) return;
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
}
