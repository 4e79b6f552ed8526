import { createRequire } from 'node:module';
import { messageOf } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { RuntimeError } from '../errors.ts';
import { NATIVE_PACKAGE, nativeTensorflowMissing } from '../native/native-package.ts';
import { TENSORFLOW_SETTINGS } from '../native/tensorflow-environment.ts';
import type { EngineInfo } from './runtime.ts';

const nodeBackend = z.looseObject({
  isUsingGpuDevice: z.boolean(),
  binding: z.looseObject({ TF_Version: z.string() }),
});

/** Native TensorFlow as it runs in this process. */
export interface NativeTensorflow {
  /** TensorFlow's own: "2.21.0". */
  readonly version: string;
  readonly device: EngineInfo['device'];
}

/**
 * Loads native TensorFlow and makes it the current tfjs backend of this process. For a GPU the process must have been started
 * with `tensorflowEnvironment()`, because the dynamic linker reads its path at the start only.
 *
 * @throws RuntimeError `RUNTIME_UNAVAILABLE`: it is not set up, or does not load
 */
export async function loadNativeTensorflow(): Promise<NativeTensorflow> {
  const missing = nativeTensorflowMissing();
  if (missing !== undefined) throw new RuntimeError('RUNTIME_UNAVAILABLE', missing);
  for (const [name, value] of Object.entries(TENSORFLOW_SETTINGS)) process.env[name] ??= value;
  const require = createRequire(import.meta.url);
  restoreIsNullOrUndefined(require('node:util'));
  try {
    require(NATIVE_PACKAGE);
    if (!(await tf.setBackend('tensorflow'))) throw new Error('the backend did not start');
  } catch (cause) {
    const reason = `native TensorFlow does not load: ${messageOf(cause)}`;
    throw new RuntimeError('RUNTIME_UNAVAILABLE', reason, { cause });
  }
  const backend = z.parse(nodeBackend, tf.backend());
  return { version: backend.binding.TF_Version, device: backend.isUsingGpuDevice ? 'gpu' : 'cpu' };
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node removed in version 23 (tensorflow/tfjs#8609). */
function restoreIsNullOrUndefined(util: unknown): void {
  if (typeof util !== 'object' || util === null || 'isNullOrUndefined' in util) return;
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
}
