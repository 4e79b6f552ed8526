/** The version of TensorFlow whose library tfjs-node-gpu's binding uses. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Wheels of one Python version are enough for every user: the library in them does not depend on Python. */
export const WHEEL_PYTHON_VERSION = '3.11';

export type NativePlatform = 'linux-x64' | 'linux-arm64' | 'darwin-arm64';
export type NativeVariant = 'cpu' | 'gpu';

/** Which wheel has the library for a platform, and what to take out of it. */
export interface TensorflowWheel {
  /** What pip is asked for. */
  readonly requirement: string;
  /** The wheel's platform tags, any of them. */
  readonly platformTags: readonly string[];
  /** Undefined for a file that we have not checked ourselves: it is refused unless the user says to trust it. */
  readonly sha256: string | undefined;
  readonly sizeBytes: number;
  /** Paths in the wheel. */
  readonly libraries: readonly string[];
}

const LINUX_LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
const MAC_LIBRARIES = ['tensorflow/libtensorflow_cc.2.dylib', 'tensorflow/libtensorflow_framework.2.dylib'];

/*
 * tensorflow-cpu has wheels for Linux x64 only; `tensorflow` for Linux arm64 and macOS is a CPU build too. On Linux x64
 * `tensorflow` is the CUDA build. Sizes without a pinned sum are from the package index' listing.
 */
const WHEELS: Readonly<Partial<Record<`${NativePlatform}-${NativeVariant}`, TensorflowWheel>>> = {
  'linux-x64-cpu': {
    requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
    platformTags: ['manylinux_2_27_x86_64'],
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    sizeBytes: 273_829_956,
    libraries: LINUX_LIBRARIES,
  },
  'linux-arm64-cpu': {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    platformTags: ['manylinux_2_27_aarch64'],
    sha256: undefined,
    sizeBytes: 268_800_000,
    libraries: LINUX_LIBRARIES,
  },
  'darwin-arm64-cpu': {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    platformTags: ['macosx_12_0_arm64'],
    sha256: undefined,
    sizeBytes: 270_000_000,
    libraries: MAC_LIBRARIES,
  },
  'linux-x64-gpu': {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    platformTags: ['manylinux_2_27_x86_64'],
    sha256: undefined,
    sizeBytes: 620_000_000,
    libraries: LINUX_LIBRARIES,
  },
};

/** The wheel for a platform; undefined where there is none. */
export function findWheel(platform: NativePlatform, variant: NativeVariant): TensorflowWheel | undefined {
  return WHEELS[`${platform}-${variant}`];
}

/** What the binding includes, and what those headers include: paths in the wheel's `tensorflow/include`. */
export const HEADER_FOLDERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/'] as const;

/** The libraries that TensorFlow loads for a GPU: the extra "and-cuda" in the metadata of the 2.21.0 wheel. */
export const CUDA_REQUIREMENTS = [
  'nvidia-cublas-cu12>=12.5.3.2,<13.0',
  'nvidia-cuda-cupti-cu12>=12.5.82,<13.0',
  'nvidia-cuda-nvcc-cu12>=12.5.82,<13.0',
  'nvidia-cuda-nvrtc-cu12>=12.5.82,<13.0',
  'nvidia-cuda-runtime-cu12>=12.5.82,<13.0',
  'nvidia-cudnn-cu12>=9.3.0.75,<10.0',
  'nvidia-cufft-cu12>=11.2.3.61,<12.0',
  'nvidia-curand-cu12>=10.3.6.82,<11.0',
  'nvidia-cusolver-cu12>=11.6.3.83,<12.0',
  'nvidia-cusparse-cu12>=12.5.1.3,<13.0',
  'nvidia-nccl-cu12>=2.27.7,<3.0',
  'nvidia-nvjitlink-cu12>=12.5.82,<13.0',
] as const;

export const CUDA_PLATFORM_TAGS = ['manylinux_2_27_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'] as const;
