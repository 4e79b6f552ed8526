import {
  type Correction,
  type ModelContract,
  type ProxyImage,
  type ProxyInput,
  type CancelSignal,
} from '@evenlight/models';
import type { EngineErrorCode } from './errors.ts';

/** What runs the network: the bridge, or one of the three ways of running it inside Photoshop. */
export type EngineName = 'bridge' | 'webview' | 'in-engine' | 'plain';

/** What a panel must know of a model before it makes a proxy: `proxySize(model, image)` of `@evenlight/models` takes it. */
export type EngineModel = Pick<ModelContract, 'name' | 'version' | 'title'> & { readonly input: ProxyInput };

export interface PredictOptions {
  /** Aborting rejects with `CANCELLED`. */
  readonly signal?: CancelSignal | undefined;
  /** 0..1, rising. An engine that cannot tell calls it with 0 and 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Turns a proxy into a correction. Implementations are named in `main.ts` alone. */
export interface Engine {
  /** Which implementation works; of an engine that falls back, the one that is used now. */
  readonly name: EngineName;
  /** Of the computer that it runs on; `undefined`: this one. */
  readonly hostName: string | undefined;
  /** What runs, in a few words: "onnxruntime-web 1.30.0, WebAssembly, 1 thread". */
  readonly description: string;
  /** The models it can run. */
  models(): Promise<readonly EngineModel[]>;
  /**
   * Predicts the correction of one picture. Calls may overlap; they run one after the other.
   *
   * @param proxy of the size that `proxySize` gives for the model
   * @throws EngineError (local engines) or ProtocolError (the bridge)
   */
  predict(proxy: ProxyImage, model: string, options?: PredictOptions): Promise<Correction>;
  /** Frees everything. What is running is rejected with `DISPOSED`. */
  dispose(): Promise<void>;
}

/** One line of the report on the local engines: what was tried, and how it went. */
export interface EngineAttempt {
  readonly engine: EngineName;
  /** `chosen`: it works and is used. `failed`: tried, did not work. `waiting`: not tried, an earlier one works. */
  readonly outcome: 'chosen' | 'failed' | 'waiting';
  /** Of a failed one. */
  readonly code?: EngineErrorCode;
  /** One sentence for the panel: what works, or why it does not. */
  readonly reason: string;
  /** How long starting and trying it took. */
  readonly elapsedMs: number;
}

/**
 * The engine inside Photoshop: probes webview, in-engine and plain in this order, uses the first one that reproduces the
 * model's test vector, and falls to the next one as soon as that one hangs, fails or disagrees. The job it was working on is
 * then done again by the next one.
 */
export interface LocalEngine extends Engine {
  /** Probes now instead of with the first prediction. Never throws because an engine does not work: see `attempts`. */
  start(options?: { readonly signal?: CancelSignal | undefined }): Promise<void>;
  /** One entry per engine, in the order of probing. */
  readonly attempts: readonly EngineAttempt[];
  /** Calls back whenever `attempts` or `name` change; returns a function that stops it. */
  onChange(listener: () => void): () => void;
}

/**
 * Reads a file of the installed plugin: `models/exposure/contract.json`, `wasm/ort-wasm-simd-threaded.wasm`. Given by the host.
 * Rejects if there is none.
 */
export type ReadPluginFile = (path: string) => Promise<Uint8Array>;

/**
 * A note that outlives Photoshop: which risky engine is being tried at the moment. If it is still there at the next start, that
 * try took Photoshop down, and it is not repeated.
 */
export interface ProbeJournal {
  read(): string | undefined;
  write(engine: EngineName | undefined): void;
}
