export { BridgeError } from './errors.ts';
export type { BridgeErrorCode } from './errors.ts';
export type { StripApplier } from './service/apply-pool.ts';
export { ExposureService } from './service/exposure-service.ts';
export type {
  ExposureServiceOptions,
  ModelSummary,
  PredictRequest,
  ProcessMemory,
} from './service/exposure-service.ts';
