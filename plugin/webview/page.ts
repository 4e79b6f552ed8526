/**
 * The page that runs onnxruntime-web in a webview of Photoshop's. It is made of this bundle, the WebAssembly files beside it and
 * what the panel sends; it loads nothing from anywhere else. Its words: `src/engine/webview/messages.ts`.
 */
import { messageOf } from '@evenlight/models';
import * as ort from 'onnxruntime-web/wasm';
import { decodeBase64, encodeBase64 } from '../src/encoding/base64.ts';
import type { PageAnswer, PageMessage, PanelMessage, PictureMessage } from '../src/engine/webview/messages.ts';
import { MissingFile, PanelFiles } from './panel-files.ts';
import { createProvider, type ProviderInput, prepareWasm, type Provider, tryWebGpu } from './provider.ts';

declare global {
  /** The panel: Photoshop puts it there. */
  var uxpHost: { postMessage(message: unknown): void };
}

function post(message: PageMessage): void {
  globalThis.uxpHost.postMessage(message);
}

const files = new PanelFiles(post);
const providers = new Map<string, Provider>();
let turn: Promise<void> = Promise.resolve();

addEventListener('message', (event: MessageEvent<PanelMessage | undefined>) => {
  const message = event.data;
  if (message === undefined || typeof message !== 'object') return;
  if (message.type === 'file' || message.type === 'no-file') files.receive(message);
  // One after the other: onnxruntime's sessions take one run at a time.
  else if ('id' in message) turn = turn.then(() => respond(message));
});

async function respond(message: Extract<PanelMessage, { id: number }>): Promise<void> {
  try {
    post(await answer(message));
  } catch (error) {
    const code = error instanceof MissingFile ? 'FILE_MISSING' : 'FAILED';
    post({ type: 'error', id: message.id, code, message: messageOf(error) });
  }
}

async function answer(message: Extract<PanelMessage, { id: number }>): Promise<PageAnswer> {
  const { id } = message;
  switch (message.type) {
    case 'open': {
      await prepareWasm(ort, files);
      return { type: 'opened', id, description: `onnxruntime-web ${ort.env.versions.common}` };
    }
    case 'create': {
      const onnx = await files.sent(message.model);
      const { model, webGpuPatienceMs } = message;
      const description = await create(model, { onnx, testPicture: pictureOf(message.testPicture), webGpuPatienceMs });
      return { type: 'created', id, description };
    }
    case 'run': {
      const provider = providers.get(message.model);
      if (provider === undefined) throw new Error(`there is no model ${message.model}`);
      const values = await provider.run(pictureOf(message.picture));
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return { type: 'result', id, base64: encodeBase64(bytes) };
    }
    case 'release': {
      await providers.get(message.model)?.release();
      providers.delete(message.model);
      return { type: 'done', id };
    }
  }
}

async function create(name: string, model: Parameters<typeof tryWebGpu>[1]): Promise<string> {
  const wasm = await createProvider(ort, model.onnx, 'wasm');
  const { provider, verdict } = await tryWebGpu(wasm, model, files);
  if (provider !== undefined) await wasm.release();
  const chosen = provider ?? wasm;
  providers.set(name, chosen);
  return `${chosen.description} (${verdict})`;
}

function pictureOf({ width, height, base64 }: PictureMessage): ProviderInput {
  return { width, height, pixels: new Float32Array(decodeBase64(base64).buffer) };
}

post({ type: 'ready' });
