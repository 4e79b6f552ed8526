import { messageOf } from '@evenlight/models';
import type * as Ort from 'onnxruntime-web/wasm';
import { PROVIDER_TOLERANCE } from '../src/engine/webview/messages.ts';
import type { PanelFiles } from './panel-files.ts';

/** A picture as the network takes it: `[1, height, width, 3]`. */
export interface ProviderInput {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** A session of one execution provider. */
export interface Provider {
  readonly description: string;
  run(picture: ProviderInput): Promise<Float32Array>;
  release(): Promise<void>;
}

declare global {
  /** What `page-webgpu.js` leaves behind. */
  var evenlightWebGpu: typeof Ort | undefined;
}

const WASM_FILE = 'ort-wasm-simd-threaded.wasm';
/** WebGPU needs the build whose WebAssembly can wait for the graphics adapter. */
const WEBGPU_WASM_FILE = 'ort-wasm-simd-threaded.asyncify.wasm';
const WEBGPU_SCRIPT = 'page-webgpu.js';

/** Gives onnxruntime its WebAssembly file. */
export async function prepareWasm(ort: typeof Ort, files: PanelFiles): Promise<void> {
  ort.env.wasm.wasmBinary = (await files.fetched(WASM_FILE)).buffer;
  ort.env.wasm.numThreads = 1;
}

/** Sessions answer in one float tensor. */
export async function createProvider(
  ort: typeof Ort,
  onnx: Uint8Array,
  provider: 'wasm' | 'webgpu',
): Promise<Provider> {
  const session = await ort.InferenceSession.create(onnx, { executionProviders: [provider] });
  const version = ort.env.versions.web ?? ort.env.versions.common;
  return {
    description: `onnxruntime-web ${version}, ${provider === 'wasm' ? 'WebAssembly, 1 thread' : 'WebGPU'}`,
    async run({ width, height, pixels }) {
      const [inputName = ''] = session.inputNames;
      const [outputName = ''] = session.outputNames;
      const input = new ort.Tensor('float32', pixels, [1, height, width, 3]);
      const values = await (await session.run({ [inputName]: input }))[outputName]?.getData();
      if (values instanceof Float32Array) return values;
      throw new Error('onnxruntime-web did not answer in 32-bit floats');
    },
    release: () => session.release(),
  };
}

/** The result of trying WebGPU. */
export interface WebGpuTrial {
  /** Undefined: WebAssembly is used. */
  readonly provider: Provider | undefined;
  /** For the panel. */
  readonly verdict: string;
}

/** Tries WebGPU: it is taken if it gives the same answer as WebAssembly, faster. */
export async function tryWebGpu(
  wasm: Provider,
  model: { readonly onnx: Uint8Array; readonly testPicture: ProviderInput; readonly webGpuPatienceMs: number },
  files: PanelFiles,
): Promise<WebGpuTrial> {
  if (!('gpu' in navigator)) return { provider: undefined, verdict: 'no WebGPU' };
  let isLate = false;
  const late = new Promise<WebGpuTrial>((resolve) => {
    setTimeout(() => {
      isLate = true;
      resolve({ provider: undefined, verdict: 'WebGPU did not answer' });
    }, model.webGpuPatienceMs);
  });
  const trial = async (): Promise<WebGpuTrial> => {
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter === null) return { provider: undefined, verdict: 'no graphics adapter' };
    const ort = await loadWebGpuRuntime(files);
    const provider = await createProvider(ort, model.onnx, 'webgpu');
    const result = await compare(wasm, provider, model.testPicture);
    if (result.provider === undefined || isLate) await provider.release();
    return result;
  };
  const failed = (error: unknown): WebGpuTrial => {
    const reason = messageOf(error);
    return { provider: undefined, verdict: `WebGPU failed: ${reason}` };
  };
  return Promise.race([trial().catch(failed), late]);
}

async function compare(wasm: Provider, webGpu: Provider, picture: ProviderInput): Promise<WebGpuTrial> {
  const expected = await timed(wasm, picture);
  const actual = await timed(webGpu, picture);
  let difference = expected.values.length === actual.values.length ? 0 : Infinity;
  for (const [i, value] of expected.values.entries()) {
    difference = Math.max(difference, Math.abs(value - actual.values[i]!));
  }
  if (!(difference <= PROVIDER_TOLERANCE)) {
    return { provider: undefined, verdict: `WebGPU differs by ${difference.toPrecision(2)}` };
  }
  const times = `${actual.elapsedMs.toFixed(0)} ms, WebAssembly ${expected.elapsedMs.toFixed(0)} ms`;
  if (actual.elapsedMs >= expected.elapsedMs) return { provider: undefined, verdict: `WebGPU is slower: ${times}` };
  return { provider: webGpu, verdict: `WebGPU agrees: ${times}` };
}

/** The second run: the first one compiles. */
async function timed(provider: Provider, picture: ProviderInput): Promise<{ values: Float32Array; elapsedMs: number }> {
  await provider.run(picture);
  const startMs = performance.now();
  const values = await provider.run(picture);
  return { values, elapsedMs: performance.now() - startMs };
}

async function loadWebGpuRuntime(files: PanelFiles): Promise<typeof Ort> {
  const script = document.createElement('script');
  script.src = WEBGPU_SCRIPT;
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${WEBGPU_SCRIPT} cannot be loaded`));
    document.head.append(script);
  });
  const ort = globalThis.evenlightWebGpu;
  if (ort === undefined) throw new Error(`${WEBGPU_SCRIPT} did not load`);
  ort.env.wasm.wasmBinary = (await files.fetched(WEBGPU_WASM_FILE)).buffer;
  ort.env.wasm.numThreads = 1;
  return ort;
}
