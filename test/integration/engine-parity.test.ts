import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExposureService } from '@evenlight/bridge';
import { createApplier, type Correction, DEFAULT_ADJUSTMENT, type Proxy } from '@evenlight/models';
import type { OnnxRuntimeModule } from '@evenlight/plugin/src/engine/in-engine/in-engine-backend.ts';
import { createLocalEngine } from '@evenlight/plugin/src/engine/local/local-engine.ts';
import { PanelModels } from '@evenlight/plugin/src/engine/local/panel-models.ts';
import { plainBackend } from '@evenlight/plugin/src/engine/plain/plain-backend.ts';
import { webviewBackend } from '@evenlight/plugin/src/engine/webview/webview-backend.ts';
import { systemClock as clock } from '@evenlight/protocol';
import { chromiumFrames, folderUrl, launchChromium } from '@evenlight/test/fakes/plugin/chromium-frame.ts';
import { UxpRealm } from '@evenlight/test/fakes/plugin/uxp-realm.ts';
import { type Photograph, readPhotographs } from '@evenlight/test/fixtures/plugin/photographs.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import type * as RealmEntry from '@evenlight/test/fixtures/plugin/realm-entry.ts';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** One way of running the shipped model. */
interface Way {
  predict(proxy: Proxy): Promise<Correction>;
  close(): Promise<void>;
}

let folder: PluginFolder;
let photographs: readonly Photograph[];
/** Native TensorFlow's answers: the network was trained with it. */
let expected: readonly Correction[];

beforeAll(async () => {
  folder = await makePluginFolder();
  photographs = await readPhotographs({ width: 256, height: 256 });
  const native = await overService('tensorflow');
  expected = await predictAll(native);
});
afterAll(() => folder.remove());

async function predictAll(way: Way): Promise<Correction[]> {
  const corrections: Correction[] = [];
  try {
    for (const { proxy } of photographs) corrections.push(await way.predict(proxy));
  } finally {
    await way.close();
  }
  return corrections;
}

async function overService(runtime: 'tensorflow' | 'wasm'): Promise<Way> {
  const service = await ExposureService.start({ runtime, models: ['exposure'], applyThreads: 1 });
  expect(service.runtime.kind).toBe(runtime);
  return { predict: (proxy) => service.predict({ model: 'exposure', proxy }), close: () => service.close() };
}

async function inRealm(sharedMemory: boolean): Promise<Way> {
  const entry = join(import.meta.dirname, '../fixtures/plugin/realm-entry.ts');
  const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: 'cjs', platform: 'browser' });
  const runtime = await readFile(join(folder.path, 'engine/onnx-runtime.js'), 'utf8');
  const realm = new UxpRealm({ sharedMemory });
  const { createEngine, proxyHere } = realm.require(bundle.outputFiles[0]!.text) as typeof RealmEntry;
  const loadRuntime = () => realm.require(runtime) as OnnxRuntimeModule;
  const engine = createEngine({ readFile: folder.readFile, loadRuntime });
  await engine.start();
  expect(engine.name).toBe('in-engine');
  return { predict: (proxy) => engine.predict(proxyHere(proxy), 'exposure'), close: () => engine.dispose() };
}

async function inWebview(): Promise<Way> {
  const browser = await launchChromium();
  const { openFrame } = chromiumFrames(browser, folderUrl(folder.path));
  const { readFile: read } = folder;
  const backends = [webviewBackend({ openFrame, readFile: read, clock })];
  const engine = createLocalEngine({ backends, models: new PanelModels(read), clock });
  return {
    predict: (proxy) => engine.predict(proxy, 'exposure'),
    close: () => engine.dispose().then(() => browser.close()),
  };
}

async function plain(): Promise<Way> {
  const models = new PanelModels(folder.readFile);
  const engine = createLocalEngine({ backends: [plainBackend(clock)], models, clock });
  return { predict: (proxy) => engine.predict(proxy, 'exposure'), close: () => engine.dispose() };
}

const ways: Readonly<Record<string, () => Promise<Way>>> = {
  'the bridge on WebAssembly': () => overService('wasm'),
  'onnxruntime-web in a page of Chromium': inWebview,
  'onnxruntime-web in a UXP-like realm, shared memory': () => inRealm(true),
  'onnxruntime-web in a UXP-like realm, ordinary memory': () => inRealm(false),
  'the plain engine': plain,
};

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

function fixed({ image }: Photograph, correction: Correction): Uint8Array {
  const output = new Uint8Array(image.pixels.length);
  const applier = createApplier(correction, DEFAULT_ADJUSTMENT, image);
  applier.applyRows(image.pixels, output, { firstRow: 0, rowCount: image.height });
  return output;
}

describe('on ten photographs', () => {
  it('native TensorFlow changes something on most of them', () => {
    expect(photographs).toHaveLength(10);
    const changed = photographs.filter(
      (photo, i) => largestDifference(fixed(photo, expected[i]!), photo.image.pixels) > 10,
    );
    expect(changed.length).toBeGreaterThanOrEqual(6);
  });

  it.each(Object.keys(ways))('%s agrees with native TensorFlow', { timeout: 180_000 }, async (name) => {
    const corrections = await predictAll(await ways[name]!());
    for (const [i, photo] of photographs.entries()) {
      const [got, wanted] = [corrections[i]!, expected[i]!];
      expect(largestDifference(got.coefficients, wanted.coefficients), photo.name).toBeLessThanOrEqual(1e-3);
      expect(largestDifference(fixed(photo, got), fixed(photo, wanted)), photo.name).toBeLessThanOrEqual(1);
    }
  });
});
