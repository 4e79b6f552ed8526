import {
  correctionSteps,
  differenceFromTestVector,
  proxyMisfit,
  viewSteps,
  type Correction,
  type ProxyImage,
  throwIfCancelled,
  type CancelSignal,
} from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import type { EngineAttempt, EngineModel, LocalEngine, PredictOptions, ProbeJournal } from '../../engine.ts';
import { EngineError } from '../../errors.ts';
import { stepsInSlices } from '../../pacing/steps-in-slices.ts';
import { withDeadline } from './deadline.ts';
import { asEngineError } from './engine-failure.ts';
import type { LocalEngineName, OnnxBackend, OnnxBackendFactory, OnnxSession } from './onnx-backend.ts';
import type { PanelModel, PanelModels } from './panel-models.ts';

export interface LocalEngineParts {
  /** In the order in which they are tried. */
  readonly backends: readonly OnnxBackendFactory[];
  readonly models: Pick<PanelModels, 'contracts' | 'load'>;
  readonly clock: Clock;
  readonly journal?: ProbeJournal | undefined;
}

/** The engine inside Photoshop: see {@link LocalEngine}. */
export function createLocalEngine(parts: LocalEngineParts): LocalEngine {
  return new FallingEngine(parts);
}

/** A backend that works, and its sessions by model. */
interface Running {
  readonly backend: OnnxBackend;
  readonly sessions: Map<string, OnnxSession>;
}

type EngineState = 'idle' | 'starting' | 'ready' | 'failed' | 'disposed';

const WAITING = 'has not been needed';

class FallingEngine implements LocalEngine {
  readonly hostName = undefined;
  readonly #parts: LocalEngineParts;
  readonly #listeners = new Set<() => void>();
  #attempts: EngineAttempt[];
  /** The index of the backend in use; those before it have failed. */
  #index = 0;
  #running: Running | undefined;
  #state: EngineState = 'idle';
  #queue: Promise<unknown> = Promise.resolve();
  readonly #models = new Map<string, PanelModel>();
  #rejectDisposed: (error: EngineError) => void = () => undefined;
  readonly #disposed: Promise<never>;

  constructor(parts: LocalEngineParts) {
    this.#parts = parts;
    this.#attempts = this.#noAttempts();
    this.#disposed = new Promise<never>((_, reject) => {
      this.#rejectDisposed = reject;
    });
    this.#disposed.catch(() => undefined);
  }

  get name(): LocalEngineName {
    return this.#factory()?.name ?? 'plain';
  }

  get description(): string {
    return this.#running?.backend.description ?? '';
  }

  get attempts(): readonly EngineAttempt[] {
    return this.#attempts;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async models(): Promise<readonly EngineModel[]> {
    return this.#parts.models.contracts();
  }

  async start({ signal }: { readonly signal?: CancelSignal | undefined } = {}): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#state === 'ready') return;
      this.#index = 0;
      this.#attempts = this.#noAttempts();
      this.#change('starting');
      try {
        const [first] = await this.#parts.models.contracts();
        if (first === undefined) throw new EngineError('MODEL_MISSING', 'the plugin has no models');
        await this.#session(await this.#load(first.name), signal);
      } catch (error) {
        const failure = asEngineError(error);
        if (failure.code === 'CANCELLED' || failure.code === 'DISPOSED') throw failure;
        if (failure.code !== 'NO_ENGINE') this.#failAll(failure);
      }
    });
  }

  predict(proxy: ProxyImage, modelName: string, options: PredictOptions = {}): Promise<Correction> {
    return this.#inTurn(async () => {
      const model = await this.#load(modelName);
      checkSize(model, proxy);
      const onProgress = rising(options.onProgress);
      const checkpoint = (): void => throwIfCancelled(options.signal, EngineError);
      const { clock } = this.#parts;
      const view = await stepsInSlices(viewSteps(model.contract, proxy), { clock, checkpoint });
      for (;;) {
        const session = await this.#session(model, options.signal);
        try {
          const output = await this.#run(session, view.scene, { ...options, onProgress });
          return await stepsInSlices(correctionSteps(model.contract, output, view), { clock, checkpoint });
        } catch (error) {
          await this.#fail(error, 0);
        }
      }
    });
  }

  async dispose(): Promise<void> {
    if (this.#state === 'disposed') return;
    this.#change('disposed');
    this.#rejectDisposed(new EngineError('DISPOSED', 'the engine has been disposed of'));
    await this.#close();
    this.#models.clear();
  }

  /** One after the other: the backends have one thread and one answer at a time. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      if (this.#state === 'disposed') throw new EngineError('DISPOSED', 'the engine has been disposed of');
      return task();
    });
    this.#queue = result.catch(() => undefined);
    return Promise.race([result, this.#disposed]);
  }

  async #load(name: string): Promise<PanelModel> {
    const known = this.#models.get(name);
    if (known !== undefined) return known;
    const model = await this.#parts.models.load(name);
    this.#models.set(name, model);
    return model;
  }

  /** A session of the first backend that works with this model. @throws EngineError `NO_ENGINE`, `CANCELLED` */
  async #session(model: PanelModel, signal: CancelSignal | undefined): Promise<OnnxSession> {
    for (let factory = this.#factory(); factory !== undefined; factory = this.#factory()) {
      throwIfCancelled(signal, EngineError);
      const ready = this.#running?.sessions.get(model.contract.name);
      if (ready !== undefined) return ready;
      const startMs = this.#parts.clock.nowMs();
      this.#change('starting');
      try {
        const session = await this.#tryOut(factory, model, signal);
        this.#choose(model, this.#parts.clock.nowMs() - startMs);
        return session;
      } catch (error) {
        await this.#fail(error, this.#parts.clock.nowMs() - startMs);
      }
    }
    this.#change('failed');
    const reasons = this.#attempts.map(({ engine, reason }) => `${engine}: ${reason}`);
    throw new EngineError('NO_ENGINE', `no engine works: ${reasons.join('; ')}`);
  }

  async #tryOut(
    factory: OnnxBackendFactory,
    model: PanelModel,
    signal: CancelSignal | undefined,
  ): Promise<OnnxSession> {
    const { journal } = this.#parts;
    if (factory.isRisky === true && journal?.read() === factory.name) {
      throw new EngineError('UNSUPPORTED', 'Photoshop ended during the last try; tried again after the next update');
    }
    if (factory.isRisky === true) journal?.write(factory.name);
    try {
      const running = this.#running ?? (await this.#open(factory));
      const session = await withDeadline(
        running.backend.createSession({ name: model.contract.name, onnx: model.onnx, testPicture: model.testPicture }),
        this.#patience(factory),
      );
      running.sessions.set(model.contract.name, session);
      const output = await this.#run(session, model.testPicture, { signal });
      checkAnswer(model, output);
      return session;
    } finally {
      if (factory.isRisky === true) journal?.write(undefined);
    }
  }

  async #open(factory: OnnxBackendFactory): Promise<Running> {
    const running: Running = { backend: factory.create(), sessions: new Map() };
    this.#running = running;
    await withDeadline(running.backend.open(), this.#patience(factory));
    return running;
  }

  #run(session: OnnxSession, picture: ProxyImage, options: PredictOptions): Promise<Float32Array> {
    throwIfCancelled(options.signal, EngineError);
    const factory = this.#factory();
    if (factory === undefined) throw new Error('no backend runs');
    return withDeadline(session.run(picture, options), this.#patience(factory));
  }

  #patience({ name, patienceMs }: OnnxBackendFactory): { clock: Clock; patienceMs: number; what: string } {
    return { clock: this.#parts.clock, patienceMs, what: name };
  }

  #factory(): OnnxBackendFactory | undefined {
    return this.#parts.backends[this.#index];
  }

  #choose(model: PanelModel, elapsedMs: number): void {
    const factory = this.#factory();
    if (factory === undefined) return;
    const notice = model.notice === undefined ? '' : `, half-precision weights (${model.notice})`;
    const reason = `${this.description}${notice}`;
    this.#note({ engine: factory.name, outcome: 'chosen', reason, elapsedMs });
    this.#change('ready');
  }

  /** Notes why the backend in use does not work and goes on to the next one. @throws what is not the backend's fault */
  async #fail(error: unknown, elapsedMs: number): Promise<void> {
    const failure = asEngineError(error);
    if (failure.code === 'CANCELLED' || this.#state === 'disposed') throw failure;
    const factory = this.#factory();
    if (factory === undefined) throw failure;
    this.#note({ engine: factory.name, outcome: 'failed', code: failure.code, reason: failure.message, elapsedMs });
    this.#index++;
    this.#change('starting');
    await this.#close();
  }

  #failAll({ code, message }: EngineError): void {
    this.#attempts = this.#parts.backends.map(({ name }) => ({
      engine: name,
      outcome: 'failed',
      code,
      reason: message,
      elapsedMs: 0,
    }));
    this.#change('failed');
  }

  async #close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    // A backend that has failed may fail to close, too; that is ignored.
    await running?.backend.dispose().catch(() => undefined);
  }

  #noAttempts(): EngineAttempt[] {
    return this.#parts.backends.map(({ name }) => ({
      engine: name,
      outcome: 'waiting',
      reason: WAITING,
      elapsedMs: 0,
    }));
  }

  #note(attempt: EngineAttempt): void {
    this.#attempts = this.#attempts.map((old, index) => (index === this.#index ? attempt : old));
  }

  #change(state: EngineState): void {
    if (this.#state !== 'disposed') this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The next engine begins at 0 again; the reported progress never falls. */
function rising(onProgress: PredictOptions['onProgress']): PredictOptions['onProgress'] {
  let highest = -1;
  return (fraction) => {
    if (fraction <= highest) return;
    highest = fraction;
    onProgress?.(fraction);
  };
}

function checkSize({ contract }: PanelModel, proxy: ProxyImage): void {
  const misfit = proxyMisfit(contract, proxy);
  if (misfit !== undefined) throw new EngineError('BAD_INPUT', misfit);
}

function checkAnswer({ testVector, tolerance }: PanelModel, output: Float32Array): void {
  if (testVector === undefined) return;
  const difference = differenceFromTestVector(testVector, output);
  if (difference <= tolerance) return;
  const text = Number.isFinite(difference) ? difference.toPrecision(2) : 'beyond measure';
  throw new EngineError(
    'DISAGREES',
    `its answer to the test picture is off by ${text}, at most ${tolerance} is allowed`,
  );
}
