import { RuntimeError } from '../errors.ts';
import { nativeTensorflowMissing } from '../native/native-package.ts';
import type { EngineInfo, RuntimeChoice, RuntimeInfo, RuntimeKind } from '../tfjs/runtime.ts';

interface Started {
  readonly info: EngineInfo;
}

/**
 * For so few predictions `auto` takes WebAssembly. On two cores native TensorFlow took half a second longer to start and 320 MB
 * more, and about as long for each prediction. The number is an estimate for computers with more cores, where TensorFlow predicts
 * sooner.
 */
const FEW_PREDICTIONS = 16;

export interface RuntimeWish {
  readonly choice: RuntimeChoice;
  /** How many predictions will be asked for, where that is known. */
  readonly predictions?: number | undefined;
}

/**
 * Starts the runtime that was asked for; with `auto`, native TensorFlow if it loads, else WebAssembly.
 *
 * @param start starts one kind of runtime. With `auto`, `RUNTIME_UNAVAILABLE` and `RUNTIME_CRASHED` of native TensorFlow lead to
 *   WebAssembly; all other failures (a model's checksum, say) are passed on
 * @param findMissing says why native TensorFlow cannot be loaded at all, without starting a process to find out
 * @throws RuntimeError `RUNTIME_UNAVAILABLE` for a forced runtime that does not start, naming `npm run setup`
 */
export async function startChosenRuntime<Runtime extends Started>(
  { choice, predictions = Infinity }: RuntimeWish,
  start: (kind: RuntimeKind) => Promise<Runtime>,
  findMissing: () => string | undefined = nativeTensorflowMissing,
): Promise<{ readonly started: Runtime; readonly info: RuntimeInfo }> {
  if (choice === 'wasm') return withReason(await start('wasm'), 'WebAssembly was asked for');
  if (choice === 'auto' && predictions <= FEW_PREDICTIONS) {
    return withReason(await start('wasm'), 'WebAssembly starts sooner, which counts for a few photographs');
  }
  const missing = findMissing();
  if (missing === undefined) {
    try {
      const why = choice === 'auto' ? 'native TensorFlow is set up' : 'native TensorFlow was asked for';
      return withReason(await start('tensorflow'), why);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (choice === 'tensorflow') throw unavailable(error.message, error);
      return withReason(await start('wasm'), `native TensorFlow does not run: ${error.message}`);
    }
  }
  if (choice === 'tensorflow') throw unavailable(missing);
  return withReason(await start('wasm'), missing);
}

function withReason<Runtime extends Started>(started: Runtime, why: string) {
  return { started, info: { ...started.info, why } };
}

function isUnavailable(error: unknown): error is RuntimeError {
  return error instanceof RuntimeError && (error.code === 'RUNTIME_UNAVAILABLE' || error.code === 'RUNTIME_CRASHED');
}

function unavailable(reason: string, cause?: unknown): RuntimeError {
  const advice = 'run "npm run setup", or use --runtime wasm';
  const message = `native TensorFlow was asked for and cannot be used: ${reason}; ${advice}`;
  return new RuntimeError('RUNTIME_UNAVAILABLE', message, { cause });
}
