import { type ProxyImage, throwIfCancelled, untilCancelled } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import type { PredictOptions } from '../../engine.ts';
import { EngineError } from '../../errors.ts';
import { stepsInSlices } from '../../pacing/steps-in-slices.ts';
import type { OnnxBackend, OnnxBackendFactory, OnnxSession, SessionModel } from '../local/onnx-backend.ts';
import { floatsSteps, PageConnection, type PageParts, pictureSteps } from './page-connection.ts';

/** Opening may mean sending 14 MB of WebAssembly through JSON. */
const PATIENCE_MS = 30_000;
const WEBGPU_PATIENCE_MS = 10_000;

export interface WebviewParts extends PageParts {
  readonly webGpuPatienceMs?: number;
}

/**
 * onnxruntime-web in a page of its own: processes and a JavaScript engine of the system's browser, so that the panel never stands
 * still. WebGPU if the page has it, agrees with WebAssembly and is faster.
 */
export function webviewBackend({ webGpuPatienceMs = WEBGPU_PATIENCE_MS, ...parts }: WebviewParts): OnnxBackendFactory {
  return {
    name: 'webview',
    patienceMs: PATIENCE_MS,
    create: () => new WebviewBackend(new PageConnection(parts), parts.clock, webGpuPatienceMs),
  };
}

class WebviewBackend implements OnnxBackend {
  description = '';
  readonly #page: PageConnection;
  readonly #clock: Clock;
  readonly #webGpuPatienceMs: number;

  constructor(page: PageConnection, clock: Clock, webGpuPatienceMs: number) {
    this.#page = page;
    this.#clock = clock;
    this.#webGpuPatienceMs = webGpuPatienceMs;
  }

  async open(): Promise<void> {
    this.description = (await this.#page.ask({ type: 'open' }, 'opened')).description;
  }

  async createSession({ name, onnx, testPicture }: SessionModel): Promise<OnnxSession> {
    await this.#page.sendFile(name, onnx);
    const [page, clock] = [this.#page, this.#clock];
    const webGpuPatienceMs = this.#webGpuPatienceMs;
    const picture = await stepsInSlices(pictureSteps(testPicture), { clock });
    const answer = await page.ask({ type: 'create', model: name, testPicture: picture, webGpuPatienceMs }, 'created');
    this.description = answer.description;
    return {
      run: (picture, options) => run({ page, model: name, clock }, picture, options),
      async dispose() {
        await page.ask({ type: 'release', model: name }, 'done');
      },
    };
  }

  async dispose(): Promise<void> {
    this.#page.close(new EngineError('DISPOSED', 'the webview has been closed'));
  }
}

async function run(
  { page, model, clock }: { readonly page: PageConnection; readonly model: string; readonly clock: Clock },
  picture: ProxyImage,
  { signal, onProgress }: PredictOptions,
): Promise<Float32Array> {
  onProgress?.(0);
  const slices = { clock, checkpoint: () => throwIfCancelled(signal, EngineError) };
  const message = await stepsInSlices(pictureSteps(picture), slices);
  const answer = page.ask({ type: 'run', model, picture: message }, 'result');
  // The page cannot be interrupted, but nobody has to wait for it.
  const { base64 } = await untilCancelled(answer, signal, EngineError);
  const values = await stepsInSlices(floatsSteps(base64), slices);
  onProgress?.(1);
  return values;
}
