import { messageOf } from '@evenlight/models';
import {
  type EngineInfo,
  inferenceDevices,
  InferencePool,
  type ModelFolder,
  nativeTensorflowMissing,
  type RuntimeKind,
} from '@evenlight/runtime';

/** A runtime as `doctor` finds it. `absent` is no fault: native TensorFlow is an option. */
export type RuntimeCheck =
  | {
      readonly kind: RuntimeKind;
      readonly state: 'works';
      readonly info: EngineInfo;
      readonly timings: readonly Timing[];
    }
  | { readonly kind: RuntimeKind; readonly state: 'absent' | 'broken'; readonly reason: string };

/** How long one prediction took, the second of two. */
export interface Timing {
  readonly model: string;
  readonly predictMs: number;
}

const TIMEOUT_MS = 120_000;

/** Starts both runtimes, one after the other, as the service does, and lets each run every model. */
export async function checkRuntimes(models: readonly ModelFolder[]): Promise<readonly RuntimeCheck[]> {
  const missing = nativeTensorflowMissing();
  const tensorflow: RuntimeCheck =
    missing === undefined
      ? await checkRuntime('tensorflow', models)
      : { kind: 'tensorflow', state: 'absent', reason: missing };
  return [tensorflow, await checkRuntime('wasm', models)];
}

async function checkRuntime(kind: RuntimeKind, models: readonly ModelFolder[]): Promise<RuntimeCheck> {
  try {
    const devices = inferenceDevices(kind).slice(0, 1);
    const pool = await InferencePool.start({ kind, models, devices, queueLimit: 1, timeoutMs: TIMEOUT_MS });
    try {
      const timings: Timing[] = [];
      for (const model of models) timings.push(await timeModel(pool, model));
      return { kind, state: 'works', info: pool.info, timings };
    } finally {
      await pool.close();
    }
  } catch (error) {
    return { kind, state: 'broken', reason: messageOf(error) };
  }
}

async function timeModel(pool: InferencePool, { contract }: ModelFolder): Promise<Timing> {
  const { width, height } = contract.input;
  const request = { model: contract.name, width, height, pixels: new Float32Array(width * height * 3).fill(0.3) };
  await pool.predict(request, {});
  const startedMs = performance.now();
  await pool.predict(request, {});
  return { model: contract.name, predictMs: Math.round(performance.now() - startedMs) };
}
