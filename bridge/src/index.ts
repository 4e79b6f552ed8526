export { BridgeError } from './errors.ts';
export type { BridgeErrorCode, BusyDetails } from './errors.ts';
export type { RuntimeChoice, RuntimeInfo, RuntimeKind } from './runtime/runtime.ts';
export type { StripApplier } from './service/apply-pool.ts';
export { ExposureService } from './service/exposure-service.ts';
export type {
  ExposureServiceOptions,
  ModelSummary,
  PredictRequest,
  ProcessMemory,
} from './service/exposure-service.ts';
export type { PredictOptions, PredictProgress } from './service/inference-pool.ts';
