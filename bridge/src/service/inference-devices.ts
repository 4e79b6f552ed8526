import { TENSORFLOW_ENVIRONMENT } from '../runtime/tensorflow-environment.ts';
import type { RuntimeKind } from '../runtime/runtime.ts';

type Environment = Readonly<Record<string, string>>;

/** One environment per device that a runtime can use: each becomes one inference process. */
export function inferenceDevices(kind: RuntimeKind): readonly Environment[] {
  if (kind === 'wasm') return [{}];
  return [TENSORFLOW_ENVIRONMENT];
}
