import { findNativeInstallation, type NativeInstallation } from './native-installation.ts';

/** What TensorFlow and CUDA read from the environment as they load. */
export const TENSORFLOW_SETTINGS: Readonly<Record<string, string>> = {
  // Errors only; the inference process' output goes into error messages.
  TF_CPP_MIN_LOG_LEVEL: '2',
  // Otherwise TensorFlow takes all memory of the GPU at once (tensorflow/tfjs#671).
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // Enough space to keep the kernels that a GPU newer than the library needs. Otherwise they are compiled at every start.
  CUDA_CACHE_MAXSIZE: '4294967296',
};

/**
 * Environment of a process that loads native TensorFlow. It must be set when the process starts, because the dynamic linker reads
 * it before TensorFlow does.
 */
export function tensorflowEnvironment(
  installation: NativeInstallation | undefined = findNativeInstallation(),
): Readonly<Record<string, string>> {
  return { ...TENSORFLOW_SETTINGS, ...cudaLibraryPath(installation) };
}

/** TensorFlow opens the CUDA libraries by name at run time, so they have to be on the linker's path. */
function cudaLibraryPath(installation: NativeInstallation | undefined): Record<string, string> {
  const { libraryFolder, hasGpuLibraries } = installation ?? {};
  if (libraryFolder === undefined || hasGpuLibraries !== true) return {};
  const inherited = process.env['LD_LIBRARY_PATH'];
  return {
    LD_LIBRARY_PATH: inherited === undefined || inherited === '' ? libraryFolder : `${libraryFolder}:${inherited}`,
  };
}
