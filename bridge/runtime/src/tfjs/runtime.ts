import type { ModelContract, RestorationContract } from '@evenlight/models';

/** `tensorflow`: native TensorFlow (after `npm run setup`); `wasm`: the WebAssembly backend, always there. */
export type RuntimeKind = 'tensorflow' | 'wasm';

/** What a caller may ask for: `auto` takes native TensorFlow when it loads, else WebAssembly. */
export const RUNTIME_CHOICES = ['auto', 'tensorflow', 'wasm'] as const satisfies readonly ('auto' | RuntimeKind)[];
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number];

/** How a runtime describes itself. */
export interface EngineInfo {
  readonly kind: RuntimeKind;
  readonly device: 'cpu' | 'gpu';
  /** Version of the engine: TensorFlow's own ("2.21.0") or the WebAssembly backend's ("4.22.0"). */
  readonly version: string;
  /** One line for people: "native TensorFlow 2.21.0 on the CPU". */
  readonly description: string;
}

/** What runs the network, as told to clients, `doctor` and the log. */
export interface RuntimeInfo extends EngineInfo {
  /** Why this runtime and not the other one, one line. */
  readonly why: string;
}

/** A model folder that has been read: the contract is valid, its files are not checked yet. */
export interface ModelFolder {
  /** Absolute path of `models/<name>`. */
  readonly path: string;
  readonly contract: ModelContract;
}

/** The folder of a restoration model that has been read. */
export interface RestorationFolder {
  readonly path: string;
  readonly contract: RestorationContract;
}

/** The folder of a model of any kind. */
export type NetworkFolder = ModelFolder | RestorationFolder;

/** `[batch, height, width, channels]`: one sRGB-encoded proxy, 0..1, or tiles as `restorationInput` makes them. */
export type InputShape = readonly [batch: number, height: number, width: number, channels: number];

/**
 * Something that runs networks. `run` may block the thread for as long as the network takes; this is why the service
 * keeps runtimes in processes of their own.
 */
export interface Runtime {
  readonly info: EngineInfo;
  /**
   * Checks the files of a model against its contract, loads them and runs the network once (warm-up).
   *
   * @throws RuntimeError `MODEL_CHECKSUM` (file, SHA-256 got and expected), `MODEL_INVALID`
   */
  load(model: NetworkFolder): Promise<void>;
  /**
   * Runs a loaded model.
   *
   * @param input of the shape, row-major
   * @returns the output tensor, row-major
   * @throws RuntimeError `MODEL_NOT_FOUND` (not loaded), `BAD_INPUT` (length and shape differ), `RUNTIME_FAILED`
   */
  run(modelName: string, input: Float32Array, shape: InputShape): Promise<Float32Array>;
  /** Frees every model and tensor. */
  dispose(): Promise<void>;
}
