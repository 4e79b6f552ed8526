import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import type { Runtime } from './runtime.ts';
import { TfjsRuntime } from './tfjs-runtime.ts';

/*
 * One thread. tfjs' threaded WebAssembly build starts its workers from a blob: URL, which Node's worker threads do not take,
 * so the backend itself switches threads off in Node (flags_wasm: WASM_HAS_MULTITHREAD_SUPPORT is false there), and
 * setThreadsCount() has no effect. SIMD is used. A 0.3 million parameter grid network on a 256×256 proxy takes 35 ms so.
 */

/**
 * The runtime that is always there: tfjs' WebAssembly backend, from the files in its npm package. Makes it the current tfjs
 * backend of this process.
 *
 * @throws RuntimeError `RUNTIME_UNAVAILABLE`
 */
export async function createWasmRuntime(): Promise<Runtime> {
  const packageMain = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(dirname(packageMain) + sep);
  tf.enableProdMode();
  const restoreFailureListeners = keepFailureListeners();
  try {
    if (!(await tf.setBackend('wasm'))) throw new Error('the backend did not start');
  } catch (cause) {
    const reason = messageOf(cause);
    throw new RuntimeError('RUNTIME_UNAVAILABLE', `the WebAssembly runtime does not start: ${reason}`, { cause });
  } finally {
    restoreFailureListeners();
  }
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true ? 'with SIMD' : 'without SIMD';
  return new TfjsRuntime({
    kind: 'wasm',
    device: 'cpu',
    version: version_wasm,
    description: `WebAssembly (TensorFlow.js ${version_wasm}, ${simd})`,
  });
}

/** Emscripten's loader listens to the process' failure events, only to throw again with its own source code as the message. */
function keepFailureListeners(): () => void {
  const exceptionListeners = process.listeners('uncaughtException');
  const rejectionListeners = process.listeners('unhandledRejection');
  return () => {
    for (const listener of process.listeners('uncaughtException')) {
      if (!exceptionListeners.includes(listener)) process.off('uncaughtException', listener);
    }
    for (const listener of process.listeners('unhandledRejection')) {
      if (!rejectionListeners.includes(listener)) process.off('unhandledRejection', listener);
    }
  };
}
