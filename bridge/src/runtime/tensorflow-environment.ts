/** Environment of a process that loads native TensorFlow; to be set before the process starts. */
export const TENSORFLOW_ENVIRONMENT = {
  /** Errors only; the inference process' output goes into error messages. */
  TF_CPP_MIN_LOG_LEVEL: '2',
  /** Else TensorFlow takes all memory of the GPU at once (tensorflow/tfjs#671). */
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  /** Room for the kernels of a GPU that is newer than the library, so that they are compiled once and not at every start. */
  CUDA_CACHE_MAXSIZE: '4294967296',
} as const;
