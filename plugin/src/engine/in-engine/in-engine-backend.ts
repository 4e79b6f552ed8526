import { messageOf, type ProxyImage } from '@evenlight/models';
import type * as Ort from 'onnxruntime-web/wasm';
import type { PredictOptions, ReadPluginFile } from '../../engine.ts';
import { EngineError } from '../../errors.ts';
import { asEngineError } from '../local/engine-failure.ts';
import type { OnnxBackend, OnnxBackendFactory, OnnxSession, SessionModel } from '../local/onnx-backend.ts';

/** What the bundle `engine/onnx-runtime.js` exports. */
export interface OnnxRuntimeModule {
  readonly ort: typeof Ort;
  readonly memoryKind: 'shared' | 'ordinary' | 'none';
}

export interface InEngineParts {
  /** Evaluates the bundle: `require('./engine/onnx-runtime.js')`. */
  readonly loadRuntime: () => OnnxRuntimeModule;
  readonly readFile: ReadPluginFile;
}

/** onnxruntime-web's WebAssembly file inside the plugin. */
export const WASM_FILE = 'engine/ort-wasm-simd-threaded.wasm';
const PATIENCE_MS = 30_000;

/**
 * onnxruntime-web inside UXP's own JavaScript engine: one thread, and the panel stands still while it computes. WebAssembly has
 * taken Photoshop down on some machines (AdobeDocs/uxp-photoshop-plugin-samples issue 40), hence `isRisky`.
 */
export function inEngineBackend(parts: InEngineParts): OnnxBackendFactory {
  return { name: 'in-engine', patienceMs: PATIENCE_MS, isRisky: true, create: () => new InEngineBackend(parts) };
}

class InEngineBackend implements OnnxBackend {
  description = '';
  readonly #parts: InEngineParts;
  #ort: typeof Ort | undefined;

  constructor(parts: InEngineParts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    const { ort, memoryKind } = evaluate(this.#parts.loadRuntime);
    if (memoryKind === 'none') throw new EngineError('UNSUPPORTED', 'this Photoshop has no WebAssembly');
    const { wasm, versions } = ort.env;
    wasm.wasmBinary = await readWasm(this.#parts.readFile);
    wasm.numThreads = 1;
    wasm.proxy = false;
    this.#ort = ort;
    this.description = `onnxruntime-web ${versions.common}, WebAssembly, 1 thread, ${memoryKind} memory`;
  }

  createSession({ onnx }: SessionModel): Promise<OnnxSession> {
    if (this.#ort === undefined) throw new Error('the backend is not open');
    return createSession(this.#ort, onnx);
  }

  /** The bundle keeps its memory, for it cannot be unloaded; the 14 MB of the file are let go. */
  async dispose(): Promise<void> {
    if (this.#ort !== undefined) delete this.#ort.env.wasm.wasmBinary;
  }
}

function evaluate(loadRuntime: () => OnnxRuntimeModule): OnnxRuntimeModule {
  try {
    return loadRuntime();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new EngineError('UNSUPPORTED', `onnxruntime-web cannot be loaded: ${reason}`, { cause });
  }
}

async function readWasm(readFile: ReadPluginFile): Promise<ArrayBuffer> {
  try {
    const bytes = await readFile(WASM_FILE);
    const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
    return isWhole ? bytes.buffer : new Uint8Array(bytes).buffer;
  } catch (cause) {
    throw new EngineError('FILE_MISSING', `the plugin's file ${WASM_FILE} cannot be read`, { cause });
  }
}

async function createSession(ort: typeof Ort, onnx: Uint8Array): Promise<OnnxSession> {
  let session: Ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'] });
  } catch (error) {
    throw asEngineError(error);
  }
  return {
    async run({ width, height, pixels }: ProxyImage, { onProgress }: PredictOptions) {
      onProgress?.(0);
      const [inputName = ''] = session.inputNames;
      const [outputName = ''] = session.outputNames;
      const input = new ort.Tensor('float32', pixels, [1, height, width, 3]);
      try {
        const values = (await session.run({ [inputName]: input }))[outputName]?.data;
        if (values instanceof Float32Array) {
          onProgress?.(1);
          return values;
        }
      } catch (error) {
        throw asEngineError(error);
      }
      throw new EngineError('FAILED', 'onnxruntime-web did not answer in 32-bit floats');
    },
    async dispose() {
      await session.release();
    },
  };
}
