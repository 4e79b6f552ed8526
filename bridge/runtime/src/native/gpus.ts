import { spawnSync } from 'node:child_process';

/** An NVIDIA GPU as its driver describes it. */
export interface Gpu {
  /** The number that CUDA_VISIBLE_DEVICES takes. */
  readonly index: number;
  readonly name: string;
  readonly memoryMebibytes: number;
  readonly driverVersion: string;
  /** "8.6" for Ampere, "9.0" for Hopper. */
  readonly computeCapability: string;
}

const QUERY = ['--query-gpu=index,name,memory.total,driver_version,compute_cap', '--format=csv,noheader,nounits'];

/** The GPUs that `nvidia-smi` lists; none where it is not installed. */
export function listGpus(): readonly Gpu[] {
  const { status, stdout } = spawnSync('nvidia-smi', QUERY, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? parseGpuList(stdout) : [];
}

/** Reads the answer of `nvidia-smi` to {@link QUERY}; lines of another form are left out. */
export function parseGpuList(text: string): readonly Gpu[] {
  return text.split('\n').flatMap((line) => {
    const [index, name, memory, driverVersion, computeCapability] = line.split(',').map((field) => field.trim());
    if (name === undefined || driverVersion === undefined || computeCapability === undefined) return [];
    const gpu = { index: Number(index), name, memoryMebibytes: Number(memory), driverVersion, computeCapability };
    return Number.isInteger(gpu.index) && Number.isFinite(gpu.memoryMebibytes) ? [gpu] : [];
  });
}
