import type { ProxyImage } from '@evenlight/models';
import type { EngineName, PredictOptions } from '../../engine.ts';

/** The engines that run inside Photoshop. */
export type LocalEngineName = Exclude<EngineName, 'bridge'>;

/** A way of running ONNX files inside Photoshop. {@link createLocalEngine} makes an engine of several. */
export interface OnnxBackendFactory {
  readonly name: LocalEngineName;
  /** How long opening, creating a session and one run may take before it counts as hung. */
  readonly patienceMs: number;
  /** Native code that could take Photoshop down: a try that was never finished is not repeated. */
  readonly isRisky?: boolean;
  /** Makes one that must be opened first. @throws EngineError `UNSUPPORTED` */
  create(): OnnxBackend;
}

export interface OnnxBackend {
  /** "onnxruntime-web 1.30.0, WebAssembly, 1 thread". Known once it is open, more exact with the first session. */
  readonly description: string;
  /** Starts it. @throws EngineError `UNSUPPORTED`, `FILE_MISSING`, `FAILED`, `OUT_OF_MEMORY` */
  open(): Promise<void>;
  /** @throws EngineError `MODEL_CORRUPT`, `FAILED`, `OUT_OF_MEMORY` */
  createSession(model: SessionModel): Promise<OnnxSession>;
  /** Frees everything, whatever state it is in; also while `open` or `createSession` is still going on. */
  dispose(): Promise<void>;
}

/** The network to be run. */
export interface SessionModel {
  readonly name: string;
  /** The ONNX file: one input and one output, both `[1, height, width, channels]`. */
  readonly onnx: Uint8Array;
  /** A picture to try it on, for a backend that must choose between two ways of its own. */
  readonly testPicture: ProxyImage;
}

export interface OnnxSession {
  /**
   * The network's answer to a picture, in its own order of numbers. One run at a time.
   *
   * @throws EngineError `FAILED`, `OUT_OF_MEMORY`, `CANCELLED`
   */
  run(picture: ProxyImage, options: PredictOptions): Promise<Float32Array>;
  dispose(): Promise<void>;
}
