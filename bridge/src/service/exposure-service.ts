import { availableParallelism } from 'node:os';
import {
  DEFAULT_RESTORATION,
  deserializeCorrection,
  type Orientation,
  turnToStored,
  turnUpright,
  type Adjustment,
  type Correction,
  type ImageDescription,
  type ModelContract,
  type ProxyImage,
  noModelText,
  proxyMisfit,
} from '@evenlight/models';
import {
  defaultModelsFolder,
  type DeviceState,
  inferenceDevices,
  InferencePool,
  listModels,
  listRestorations,
  type ModelFolder,
  peakMemoryBytes,
  type InferenceOptions,
  type NetworkFolder,
  readModelFolder,
  readRestorationFolder,
  type RuntimeError,
  type RestorationFolder,
  type RuntimeChoice,
  type RuntimeInfo,
  startChosenRuntime,
} from '@evenlight/runtime';
import { BridgeError } from '../errors.ts';
import { ApplyPool, type StripApplier } from './apply-pool.ts';
import { Restorer } from './restorer.ts';

/** How to start the service. */
export interface ExposureServiceOptions {
  /** Folder with one folder per model (`<name>/contract.json`). Default: the `models` workspace. */
  readonly modelsFolder?: string;
  /** Names of the models to load; default: all in the folder. */
  readonly models?: readonly string[];
  /** Whether the model that restores is loaded: it has to be there, it is not needed, or (default) where it is there. */
  readonly restoration?: 'needed' | 'none' | 'found';
  /** Default `auto`. */
  readonly runtime?: RuntimeChoice;
  /** How many predictions will be asked for, where that is known: `auto` takes WebAssembly for a few. */
  readonly predictions?: number | undefined;
  /** Worker threads for full-resolution pixels; default: one for each core but one, at least one. They start when first needed. */
  readonly applyThreads?: number;
  /** How many predictions of one user may wait beside the running ones; default 64. */
  readonly queueLimit?: number;
  /** A prediction that takes longer counts as a hung process, which is replaced; default 120 000. */
  readonly inferenceTimeoutMs?: number;
  /** The GPUs to use, by their numbers; default: all that there are. */
  readonly devices?: readonly number[];
  /** A prediction that has waited for longer ends with `BUSY`; default 120 000. */
  readonly maxQueueMs?: number;
  /** An inference process is replaced after so many jobs (20 000), or when it holds more memory than this (4 GiB). */
  readonly recycleAfterJobs?: number;
  readonly recycleAboveBytes?: number;
  /** An idle inference process runs the network this often, to see whether it still works; default 30 000. */
  readonly selfTestIntervalMs?: number;
}

/** A model as clients see it. */
export interface ModelSummary {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly kind: ModelContract['kind'];
  readonly licence: string;
  readonly contract: ModelContract;
}

export interface PredictRequest {
  readonly model: string;
  /** Of the size the model's contract asks for. The caller must not change it until the promise has settled. */
  readonly proxy: ProxyImage;
  /** How the proxy's pixels are stored; default 1, upright. The correction comes back the same way. */
  readonly orientation?: Orientation | undefined;
}

/** Peak resident memory of one process of the service. */
export interface ProcessMemory {
  readonly process: 'main' | 'inference';
  readonly pid: number;
  readonly peakBytes: number;
}

/**
 * Predicts corrections (one inference process per device, one bounded queue in which clients take turns) and applies them
 * (worker threads). The command line calls it directly, the WebSocket server once for each job.
 */
export interface ExposureService {
  readonly runtime: RuntimeInfo;
  readonly models: readonly ModelSummary[];
  /** Restores pictures; absent where no model is loaded that does. */
  readonly restorer?: Restorer | undefined;
  /** Predictions waiting or running. */
  readonly queueLength: number;
  /**
   * @throws BridgeError `MODEL_NOT_FOUND`, `BAD_INPUT` (size of the proxy); RuntimeError `BUSY` (with `busy.position`,
   *   `busy.retryAfterMs`), `CANCELLED`, `RUNTIME_CRASHED`, `RUNTIME_FAILED`, `CLOSED`
   */
  predict(request: PredictRequest, options?: InferenceOptions): Promise<Correction>;
  /**
   * Why a prediction of this user would be refused now for want of room (`BUSY`), if `coming` others of his come before it;
   * undefined: it would not. Asked before a proxy is sent.
   */
  refusal(userId: string, coming: number): RuntimeError | undefined;
  /** @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT` */
  createStripApplier(correction: Correction, adjustment: Adjustment, description: ImageDescription): StripApplier;
  /** Starts the apply threads, for whoever will have large pictures corrected soon. Else they start with the first strip. */
  startThreads(): void;
  /** Peak memory of this process (which holds the apply threads) and of every inference process. */
  peakMemory(): Promise<readonly ProcessMemory[]>;
  /** Whether the network runs: at least one device has, and has not failed since. */
  readonly isReady: boolean;
  readonly devices: readonly DeviceState[];
  /**
   * Reads the models again, on new processes; the old ones finish what they have. When that fails, the old ones stay.
   *
   * @throws BridgeError as `start`
   */
  reload(): Promise<void>;
  /** Rejects what waits with `CLOSED` and ends all processes and threads. */
  close(): Promise<void>;
}

/** The service's constructor. Apart from the interface, so that tests can stand in another implementation. */
export const ExposureService = {
  /**
   * Starts the service: checks and loads the models, runs each once, then resolves.
   *
   * @throws BridgeError `BAD_INPUT` (an option), `MODEL_NOT_FOUND`; RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_CHECKSUM`,
   *   `RUNTIME_UNAVAILABLE`, `RUNTIME_CRASHED`
   */
  async start(options: ExposureServiceOptions = {}): Promise<ExposureService> {
    // One core for the main thread: every byte of every client goes through it.
    const applyThreads = options.applyThreads ?? Math.max(1, availableParallelism() - 1);
    const queueLimit = options.queueLimit ?? DEFAULT_QUEUE_LIMIT;
    checkWholeNumber('applyThreads', applyThreads, 1);
    checkWholeNumber('queueLimit', queueLimit, 0);
    const loaded = await load(options, queueLimit);
    return new LocalExposureService(loaded, new ApplyPool(applyThreads), () => load(options, queueLimit));
  },
};

const DEFAULT_QUEUE_LIMIT = 64;
const DEFAULT_INFERENCE_TIMEOUT_MS = 120_000;

/** Models on their processes. */
interface Loaded {
  readonly runtime: RuntimeInfo;
  readonly models: readonly ModelSummary[];
  readonly restoration: RestorationFolder | undefined;
  readonly inference: InferencePool;
}

async function load(options: ExposureServiceOptions, queueLimit: number): Promise<Loaded> {
  const { devices, maxQueueMs, recycleAfterJobs, recycleAboveBytes, selfTestIntervalMs } = options;
  const [models, restoration] = await Promise.all([readModels(options), readRestoration(options)]);
  const networks: NetworkFolder[] = restoration === undefined ? [...models] : [...models, restoration];
  const timeoutMs = options.inferenceTimeoutMs ?? DEFAULT_INFERENCE_TIMEOUT_MS;
  const wish = { choice: options.runtime ?? 'auto', predictions: options.predictions };
  const { started, info } = await startChosenRuntime(wish, async (kind) =>
    InferencePool.start({
      kind,
      models: networks,
      devices: inferenceDevices(kind, devices),
      queueLimit,
      timeoutMs,
      ...(maxQueueMs === undefined ? {} : { maxQueueMs }),
      ...(recycleAfterJobs === undefined ? {} : { recycleAfterJobs }),
      ...(recycleAboveBytes === undefined ? {} : { recycleAboveBytes }),
      ...(selfTestIntervalMs === undefined ? {} : { selfTestIntervalMs }),
    }),
  );
  return {
    runtime: info,
    models: models.map(({ contract }) => summarize(contract)),
    restoration,
    inference: started,
  };
}

class LocalExposureService implements ExposureService {
  readonly #apply: ApplyPool;
  readonly #load: () => Promise<Loaded>;
  readonly #draining = new Set<InferencePool>();
  #loaded: Loaded;
  #restorer: Restorer | undefined;
  #isClosed = false;

  constructor(loaded: Loaded, apply: ApplyPool, loadAgain: () => Promise<Loaded>) {
    this.#loaded = loaded;
    this.#restorer = this.#createRestorer(loaded);
    this.#apply = apply;
    this.#load = loadAgain;
  }

  get runtime(): RuntimeInfo {
    return this.#loaded.runtime;
  }

  get models(): readonly ModelSummary[] {
    return this.#loaded.models;
  }

  get restorer(): Restorer | undefined {
    return this.#restorer;
  }

  get isReady(): boolean {
    return this.#loaded.inference.isReady;
  }

  get devices(): readonly DeviceState[] {
    return this.#loaded.inference.devices;
  }

  get queueLength(): number {
    return [this.#loaded.inference, ...this.#draining].reduce((sum, pool) => sum + pool.length, 0);
  }

  async reload(): Promise<void> {
    const fresh = await this.#load();
    const old = this.#loaded.inference;
    if (this.#isClosed) {
      await fresh.inference.close();
      throw new BridgeError('CLOSED', 'the service has been closed');
    }
    this.#loaded = fresh;
    this.#restorer = this.#createRestorer(fresh);
    this.#draining.add(old);
    void old.drain().then(() => this.#draining.delete(old));
  }

  async predict(
    { model, proxy, orientation = 1 }: PredictRequest,
    options: InferenceOptions = {},
  ): Promise<Correction> {
    const summary = this.models.find(({ name }) => name === model);
    if (summary === undefined) {
      const known = this.models.map(({ name }) => name);
      throw new BridgeError('MODEL_NOT_FOUND', noModelText(model, known));
    }
    const misfit = proxyMisfit(summary.contract, proxy);
    if (misfit !== undefined) throw new BridgeError('BAD_INPUT', misfit);
    const { width, height, pixels } = turnUpright(proxy, orientation);
    const bytes = await this.#loaded.inference.predict({ model, width, height, pixels }, options);
    return turnToStored(deserializeCorrection(bytes), orientation);
  }

  refusal(userId: string, coming: number): RuntimeError | undefined {
    return this.#loaded.inference.refusal(userId, coming);
  }

  createStripApplier(correction: Correction, adjustment: Adjustment, description: ImageDescription): StripApplier {
    return this.#apply.open(correction, adjustment, description);
  }

  startThreads(): void {
    this.#apply.start();
  }

  /** Pictures that are being restored when the models are read again go on with the new ones: the old processes are ending. */
  #createRestorer({ restoration }: Loaded): Restorer | undefined {
    if (restoration === undefined) return undefined;
    return new Restorer(restoration.contract, (request, options) => this.#loaded.inference.runTiles(request, options));
  }

  async peakMemory(): Promise<readonly ProcessMemory[]> {
    const inference = await this.#loaded.inference.peakMemory();
    return [
      { process: 'main', pid: process.pid, peakBytes: peakMemoryBytes() },
      ...inference.map((memory) => ({ process: 'inference' as const, ...memory })),
    ];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const pools = [this.#loaded.inference, ...this.#draining];
    await Promise.all([...pools.map((pool) => pool.close()), this.#apply.close()]);
  }
}

/** @throws BridgeError `MODEL_NOT_FOUND` where it is needed and not there */
async function readRestoration(options: ExposureServiceOptions): Promise<RestorationFolder | undefined> {
  const { restoration = 'found', modelsFolder = defaultModelsFolder() } = options;
  if (restoration === 'none') return undefined;
  const isThere = (await listRestorations(modelsFolder)).includes(DEFAULT_RESTORATION);
  if (isThere) return readRestorationFolder(modelsFolder, DEFAULT_RESTORATION);
  if (restoration === 'found') return undefined;
  throw new BridgeError(
    'MODEL_NOT_FOUND',
    `no model "${DEFAULT_RESTORATION}" in ${modelsFolder}: noise cannot be cleaned`,
  );
}

async function readModels(options: ExposureServiceOptions): Promise<readonly ModelFolder[]> {
  const modelsFolder = options.modelsFolder ?? defaultModelsFolder();
  const names = options.models ?? (await listModels(modelsFolder));
  if (names.length === 0) throw new BridgeError('MODEL_NOT_FOUND', `there is no model in ${modelsFolder}`);
  return Promise.all(names.map((name) => readModelFolder(modelsFolder, name)));
}

function summarize(contract: ModelContract): ModelSummary {
  const { name, title, version, kind, licence } = contract;
  return { name, title, version, kind, licence, contract };
}

function checkWholeNumber(name: string, value: number, minimum: number): void {
  if (Number.isInteger(value) && value >= minimum) return;
  throw new BridgeError('BAD_INPUT', `${name} is ${value}, needs a whole number from ${minimum} on`);
}
