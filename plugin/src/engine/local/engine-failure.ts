import { messageOf } from '@evenlight/models';
import { EngineError } from '../../errors.ts';

/** What V8, onnxruntime and Emscripten say when memory runs out. */
const MEMORY_TEXT = /out of memory|allocation failed|bad_alloc|cannot enlarge memory|could not allocate|\boom\b/i;

/** Whatever was thrown inside an engine, as an EngineError: `OUT_OF_MEMORY` if it says so, else `FAILED`. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const text = messageOf(error);
  return new EngineError(MEMORY_TEXT.test(text) ? 'OUT_OF_MEMORY' : 'FAILED', text, { cause: error });
}
