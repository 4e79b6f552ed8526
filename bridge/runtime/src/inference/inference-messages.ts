import type { RuntimeErrorCode } from '../errors.ts';
import type { EngineInfo, ModelFolder, RuntimeKind } from '../tfjs/runtime.ts';

/** What an inference process is asked to predict. */
export interface InferenceRequest {
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`, sRGB-encoded, 0..1 */
  readonly pixels: Float32Array;
}

/** Parent → inference process. */
export type InferenceCommand =
  | { readonly type: 'start'; readonly kind: RuntimeKind; readonly models: readonly ModelFolder[] }
  | { readonly type: 'predict'; readonly id: number; readonly request: InferenceRequest }
  | { readonly type: 'memory'; readonly id: number };

/** Inference process → parent. */
export type InferenceReport =
  | { readonly type: 'ready'; readonly info: EngineInfo }
  | { readonly type: 'failed'; readonly code: RuntimeErrorCode; readonly message: string }
  | { readonly type: 'correction'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'error'; readonly id: number; readonly code: RuntimeErrorCode; readonly message: string }
  | { readonly type: 'memory'; readonly id: number; readonly residentBytes: number; readonly peakBytes: number };
