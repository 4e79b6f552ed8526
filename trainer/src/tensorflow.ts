import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { TrainerError } from './errors.ts';
import { useReluGradKernel } from './training/relu-gradient.ts';

let isReady = false;

/**
 * Registers native TensorFlow as the backend of `@tensorflow/tfjs-core` and makes it current.
 *
 * @throws TrainerError `NO_TENSORFLOW` when the binding is not set up; training on another backend would take weeks.
 */
export function useNativeTensorflow(): void {
  if (isReady) return;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed (tensorflow/tfjs#8609).
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu');
  } catch (cause) {
    throw new TrainerError('NO_TENSORFLOW', "native TensorFlow is not set up: run 'npm run setup' first", { cause });
  }
  if (tf.getBackend() !== 'tensorflow') {
    throw new TrainerError('NO_TENSORFLOW', `the backend is '${tf.getBackend()}', expected native TensorFlow`);
  }
  useReluGradKernel();
  isReady = true;
}
