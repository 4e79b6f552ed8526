export { baseFolder } from './files/base-folder.ts';
export { RuntimeError } from './errors.ts';
export type { BusyDetails, RuntimeErrorCode } from './errors.ts';
export {
  copyFileAtomically,
  outputExists,
  removeTemporaryFiles,
  tidyFolders,
  writeFileAtomically,
} from './files/atomic-file.ts';
export { makeFolders } from './files/make-folders.ts';
export { exactArguments, exactCurrentFolder, pathFromBytes, shownPath, systemPath } from './files/path-bytes.ts';
export { plainPath } from './files/plain-path.ts';
export { writeWholeFile } from './files/whole-file.ts';
export { FairQueue } from './inference/fair-queue.ts';
export { inferenceDevices } from './inference/inference-devices.ts';
export { InferencePool } from './inference/inference-pool.ts';
export type { DeviceState, InferenceOptions, PredictProgress } from './inference/inference-pool.ts';
export { TurnQueue } from './inference/turn-queue.ts';
export type { Priority } from './inference/turn-queue.ts';
export { peakMemoryBytes } from './inference/peak-memory.ts';
export { startChosenRuntime } from './inference/runtime-choice.ts';
export { checkModelFile } from './models/model-file.ts';
export type { ModelFile } from './models/model-file.ts';
export {
  defaultModelsFolder,
  listModels,
  listRestorations,
  readModelFolder,
  readRestorationFolder,
} from './models/models-folder.ts';
export { listGpus } from './native/gpus.ts';
export type { Gpu } from './native/gpus.ts';
export { findNativeInstallation } from './native/native-installation.ts';
export { nativeTensorflowMissing } from './native/native-package.ts';
export { isProcessAlive } from './process-alive.ts';
export { startFolder } from './start-folder.ts';
export { RUNTIME_CHOICES } from './tfjs/runtime.ts';
export type {
  EngineInfo,
  ModelFolder,
  NetworkFolder,
  RestorationFolder,
  RuntimeChoice,
  RuntimeInfo,
  RuntimeKind,
} from './tfjs/runtime.ts';
export { keepCompiledCode } from './workers/compiled-file.ts';
export { startChild } from './workers/start-child.ts';
export { startWorker } from './workers/start-worker.ts';
