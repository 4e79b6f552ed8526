import { RuntimeError } from '../errors.ts';
import { listGpus, type Gpu } from '../native/gpus.ts';
import { findNativeInstallation } from '../native/native-installation.ts';
import type { RuntimeKind } from '../tfjs/runtime.ts';
import { tensorflowEnvironment } from '../native/tensorflow-environment.ts';

type DeviceEnvironment = Readonly<Record<string, string>>;

/**
 * One environment per device that a runtime can use: each becomes one inference process.
 *
 * @param wanted the numbers of the GPUs to use; default: all
 * @throws RuntimeError `BAD_INPUT` when one of them is not there
 */
export function inferenceDevices(kind: RuntimeKind, wanted?: readonly number[]): readonly DeviceEnvironment[] {
  // WebAssembly has no devices. With `auto`, the numbers may have been meant for GPUs.
  if (kind === 'wasm') return [{}];
  const installation = findNativeInstallation();
  const gpus = installation?.hasGpuLibraries === true ? listGpus() : [];
  const missing = wanted?.filter((number) => !gpus.some(({ index }) => index === number)) ?? [];
  if (missing.length > 0) {
    const there = gpus.map(({ index }) => index).join(', ') || 'none';
    throw new RuntimeError('BAD_INPUT', `GPU ${missing.join(', ')} is not there; there is: ${there}`);
  }
  const visible = wanted?.join(',') ?? process.env['CUDA_VISIBLE_DEVICES'];
  return deviceEnvironments(tensorflowEnvironment(installation), gpus, visible);
}

/**
 * One environment per GPU, which shows TensorFlow that GPU alone; without GPUs one environment for the CPU. If the user has set
 * `CUDA_VISIBLE_DEVICES`, it limits the GPUs.
 */
export function deviceEnvironments(
  base: DeviceEnvironment,
  gpus: readonly Gpu[],
  visibleDevices: string | undefined,
): readonly DeviceEnvironment[] {
  const visible = visibleDevices?.split(',').map((index) => index.trim());
  const chosen = gpus.map(({ index }) => String(index)).filter((index) => visible?.includes(index) ?? true);
  if (chosen.length === 0) return [base];
  return chosen.map((index) => ({ ...base, CUDA_VISIBLE_DEVICES: index }));
}
