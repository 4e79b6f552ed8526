import type { RuntimeErrorCode } from '../errors.ts';
import type { EngineInfo, InputShape, NetworkFolder, RuntimeKind } from '../tfjs/runtime.ts';

/** Asks for the correction of a proxy. The answer is the correction in its binary form. */
export interface ProxyTask {
  readonly kind: 'prediction';
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`, sRGB-encoded, 0..1 */
  readonly pixels: Float32Array;
}

/** Asks a restoration model for its output for some tiles. The answer is that output, float32 in this computer's byte order. */
export interface TilesTask {
  readonly kind: 'tiles';
  readonly model: string;
  readonly shape: InputShape;
  readonly input: Float32Array;
}

/** What an inference process is asked to do. */
export type InferenceRequest = ProxyTask | TilesTask;

/** Parent → inference process. */
export type InferenceCommand =
  | { readonly type: 'start'; readonly kind: RuntimeKind; readonly models: readonly NetworkFolder[] }
  | { readonly type: 'run'; readonly id: number; readonly request: InferenceRequest }
  | { readonly type: 'memory'; readonly id: number };

/** Inference process → parent. */
export type InferenceReport =
  | { readonly type: 'ready'; readonly info: EngineInfo }
  | { readonly type: 'failed'; readonly code: RuntimeErrorCode; readonly message: string }
  | { readonly type: 'answer'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'error'; readonly id: number; readonly code: RuntimeErrorCode; readonly message: string }
  | { readonly type: 'memory'; readonly id: number; readonly residentBytes: number; readonly peakBytes: number };
