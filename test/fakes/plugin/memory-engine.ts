import { createCorrection, DEFAULT_GUIDE, type Correction, type ProxyImage } from '@evenlight/models';
import { EngineError } from '@evenlight/plugin/src/errors.ts';
import type {
  Engine,
  EngineAttempt,
  EngineModel,
  EngineName,
  LocalEngine,
  PredictOptions,
} from '@evenlight/plugin/src/engine.ts';

/** A model of the given proxy size. */
export function engineModel(name: string, side = 8): EngineModel {
  const input = { width: side, height: side, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' } as const;
  return { name, version: '1', title: `Model ${name}`, input };
}

/** A correction that multiplies by a factor everywhere. */
export function gainCorrection(factor: number): Correction {
  const coefficients = [factor, 0, 0, 0, 0, factor, 0, 0, 0, 0, factor, 0];
  return createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE, coefficients });
}

/** Predicts what the test says, and does what the test says instead. */
export class MemoryEngine implements Engine {
  readonly name: EngineName;
  hostName: string | undefined = undefined;
  description = 'in memory';
  available: readonly EngineModel[];
  correction = gainCorrection(1.8);
  /** Called before each prediction; may throw, or wait. */
  before: (call: number, options: PredictOptions) => Promise<void> | void = () => undefined;
  readonly proxies: ProxyImage[] = [];

  constructor(name: EngineName, models: readonly EngineModel[] = [engineModel('exposure')]) {
    this.name = name;
    this.available = models;
  }

  models(): Promise<readonly EngineModel[]> {
    return Promise.resolve(this.available);
  }

  async predict(proxy: ProxyImage, model: string, options: PredictOptions = {}): Promise<Correction> {
    this.proxies.push(proxy);
    options.onProgress?.(0);
    await this.before(this.proxies.length, options);
    if (options.signal?.aborted === true) throw new EngineError('CANCELLED', 'cancelled');
    const known = this.available.find(({ name }) => name === model);
    if (known === undefined) throw new EngineError('MODEL_MISSING', `no model ${model}`);
    if (proxy.width !== known.input.width) throw new EngineError('BAD_INPUT', `proxy is ${proxy.width} wide`);
    options.onProgress?.(1);
    return this.correction;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** The engine inside Photoshop, which has found one that works. */
export class MemoryLocalEngine extends MemoryEngine implements LocalEngine {
  attempts: readonly EngineAttempt[] = [];
  starts = 0;
  /** What it comes to when it starts. */
  finds: readonly EngineAttempt[] = [{ engine: this.name, outcome: 'chosen', reason: 'works', elapsedMs: 5 }];
  readonly #listeners = new Set<() => void>();

  start(): Promise<void> {
    this.starts++;
    this.attempts = this.finds;
    for (const listener of this.#listeners) listener();
    return Promise.resolve();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
