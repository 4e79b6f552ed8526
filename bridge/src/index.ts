export { BRIDGE_ERROR_CODES, BridgeError } from './errors.ts';
export type { BridgeErrorCode, BusyDetails } from './errors.ts';
export type { RuntimeChoice, RuntimeInfo, RuntimeKind } from './runtime/runtime.ts';
export { ExposureService } from './service/exposure-service.ts';
export type {
  ExposureServiceOptions,
  ModelSummary,
  PredictOptions,
  PredictProgress,
  PredictRequest,
  ProcessMemory,
  StripApplier,
} from './service/exposure-service.ts';
