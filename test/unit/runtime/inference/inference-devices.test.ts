import { parseGpuList } from '@evenlight/runtime/src/native/gpus.ts';
import { deviceEnvironments } from '@evenlight/runtime/src/inference/inference-devices.ts';
import { describe, expect, it } from 'vitest';

const TWO_GPUS = '0, NVIDIA GeForce RTX 3090, 24576, 550.54.15, 8.6\n1, NVIDIA H100 PCIe, 81559, 550.54.15, 9.0\n';
const base = { TF_FORCE_GPU_ALLOW_GROWTH: 'true' };

describe('parseGpuList', () => {
  it('reads what nvidia-smi prints', () => {
    expect(parseGpuList(TWO_GPUS)).toEqual([
      {
        index: 0,
        name: 'NVIDIA GeForce RTX 3090',
        memoryMebibytes: 24576,
        driverVersion: '550.54.15',
        computeCapability: '8.6',
      },
      {
        index: 1,
        name: 'NVIDIA H100 PCIe',
        memoryMebibytes: 81559,
        driverVersion: '550.54.15',
        computeCapability: '9.0',
      },
    ]);
  });

  it('finds no GPU in any other text', () => {
    expect(parseGpuList('NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.\n')).toEqual(
      [],
    );
    expect(parseGpuList('')).toEqual([]);
  });
});

describe('deviceEnvironments', () => {
  it('gives each GPU a process that sees it alone', () => {
    expect(deviceEnvironments(base, parseGpuList(TWO_GPUS), undefined)).toEqual([
      { ...base, CUDA_VISIBLE_DEVICES: '0' },
      { ...base, CUDA_VISIBLE_DEVICES: '1' },
    ]);
  });

  it('keeps to the GPUs that the user made visible', () => {
    expect(deviceEnvironments(base, parseGpuList(TWO_GPUS), '1')).toEqual([{ ...base, CUDA_VISIBLE_DEVICES: '1' }]);
  });

  it('uses the CPU, in one process, where there is no GPU', () => {
    expect(deviceEnvironments(base, [], undefined)).toEqual([base]);
    expect(deviceEnvironments(base, parseGpuList(TWO_GPUS), '')).toEqual([base]);
  });
});
