import { loadNativeTensorflow } from '@evenlight/runtime/tensorflow';
import { useReluGradKernel } from './training/relu-gradient.ts';

let ready: Promise<void> | undefined;

/**
 * Makes native TensorFlow the backend of `@tensorflow/tfjs-core`, with the kernels that training needs. Training on another
 * backend would take weeks.
 *
 * @throws RuntimeError `RUNTIME_UNAVAILABLE` when it is not set up
 */
export function useNativeTensorflow(): Promise<void> {
  ready ??= loadNativeTensorflow().then(() => {
    useReluGradKernel();
  });
  return ready;
}
