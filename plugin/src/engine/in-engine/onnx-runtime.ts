/**
 * Entry of the bundle `engine/onnx-runtime.js`: onnxruntime-web with its glue, over {@link host-shims}. A file of its own, loaded
 * when this engine is tried: if UXP cannot even evaluate it, the panel still works.
 */
import * as ort from 'onnxruntime-web/wasm';
import { memoryKind } from './host-shims.ts';

export { memoryKind, ort };
