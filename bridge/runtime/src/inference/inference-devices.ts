import { listGpus, type Gpu } from '../native/gpus.ts';
import { findNativeInstallation } from '../native/native-installation.ts';
import type { RuntimeKind } from '../tfjs/runtime.ts';
import { tensorflowEnvironment } from '../native/tensorflow-environment.ts';

type Environment = Readonly<Record<string, string>>;

/** One environment per device that a runtime can use: each becomes one inference process. */
export function inferenceDevices(kind: RuntimeKind): readonly Environment[] {
  if (kind === 'wasm') return [{}];
  const installation = findNativeInstallation();
  const gpus = installation?.hasGpuLibraries === true ? listGpus() : [];
  return deviceEnvironments(tensorflowEnvironment(installation), gpus, process.env['CUDA_VISIBLE_DEVICES']);
}

/**
 * One environment per GPU, each of which shows TensorFlow that GPU alone; without GPUs one for the CPU. A
 * `CUDA_VISIBLE_DEVICES` that the user has set limits the GPUs.
 */
export function deviceEnvironments(
  base: Environment,
  gpus: readonly Gpu[],
  visibleDevices: string | undefined,
): readonly Environment[] {
  const visible = visibleDevices?.split(',').map((index) => index.trim());
  const chosen = gpus.map(({ index }) => String(index)).filter((index) => visible?.includes(index) ?? true);
  if (chosen.length === 0) return [base];
  return chosen.map((index) => ({ ...base, CUDA_VISIBLE_DEVICES: index }));
}
