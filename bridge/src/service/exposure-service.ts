import type { Adjustment, Correction, ImageDescription, ModelContract, Proxy } from '@evenlight/models';
import { BridgeError } from '../errors.ts';
import type { RuntimeChoice, RuntimeInfo } from '../runtime/runtime.ts';

/** How to start the service. */
export interface ExposureServiceOptions {
  /** Folder with one folder per model (`<name>/contract.json`). Default: the `models` workspace. */
  readonly modelsFolder?: string;
  /** Names of the models to load; default: all in the folder. */
  readonly models?: readonly string[];
  /** Default `auto`. */
  readonly runtime?: RuntimeChoice;
  /** Worker threads for full-resolution pixels; default: the number of cores. They start when first needed. */
  readonly applyThreads?: number;
  /** How many predictions may wait beside the running ones; default 64. */
  readonly queueLimit?: number;
  /** A prediction that takes longer counts as a hung process, which is replaced; default 120 000. */
  readonly inferenceTimeoutMs?: number;
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
  readonly proxy: Proxy;
}

/** Where a prediction is: `position` 0 = next to run. `retrying`: the inference process died, a fresh one takes over. */
export type PredictProgress =
  | { readonly state: 'queued'; readonly position: number }
  | { readonly state: 'running' }
  | { readonly state: 'retrying' };

export interface PredictOptions {
  /** Aborting rejects with `CANCELLED`: at once while queued; while running the result is thrown away. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PredictProgress) => void;
  /** Whose job this is: clients take turns. Default: one anonymous client. */
  readonly clientId?: string;
}

/** Applies one correction to one image, strip by strip, in the service's worker threads. */
export interface StripApplier {
  /**
   * Corrects whole rows. Several calls may run at once; their promises resolve in the order of the calls.
   *
   * @param rows bytes of `rowCount` tightly packed rows, little endian. If the array covers its whole `ArrayBuffer`, that
   *   buffer is handed to the worker and is detached here afterwards; otherwise it is copied.
   * @returns the corrected rows, of the same length
   * @throws BridgeError `BAD_INPUT` (length or rows outside the image), `APPLY_FAILED`, `CANCELLED` (closed meanwhile),
   *   `CLOSED`
   */
  apply(rows: Uint8Array, firstRow: number, rowCount: number): Promise<Uint8Array>;
  /** Lets go of the job; strips still under way are rejected with `CANCELLED`. */
  close(): void;
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
  /** Predictions waiting or running. */
  readonly queueLength: number;
  /**
   * @throws BridgeError `MODEL_NOT_FOUND`, `BAD_INPUT` (size of the proxy), `BUSY` (with `busy.position`,
   *   `busy.retryAfterMs`), `CANCELLED`, `RUNTIME_CRASHED`, `RUNTIME_FAILED`, `CLOSED`
   */
  predict(request: PredictRequest, options?: PredictOptions): Promise<Correction>;
  createStripApplier(correction: Correction, adjustment: Adjustment, description: ImageDescription): StripApplier;
  /** Peak memory of this process (which holds the apply threads) and of every inference process. */
  peakMemory(): Promise<readonly ProcessMemory[]>;
  /** Rejects what waits with `CLOSED` and ends all processes and threads. */
  close(): Promise<void>;
}

/** The service's constructor. Apart from the interface, so that tests can stand in another implementation. */
export const ExposureService = {
  /**
   * Starts the service: checks and loads the models, runs each once, then resolves.
   *
   * @throws BridgeError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_CHECKSUM`, `RUNTIME_UNAVAILABLE`
   */
  start(_options: ExposureServiceOptions = {}): Promise<ExposureService> {
    return Promise.reject(new BridgeError('RUNTIME_UNAVAILABLE', 'the service is being written'));
  },
};
