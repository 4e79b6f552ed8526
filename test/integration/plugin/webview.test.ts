import type { Correction } from '@evenlight/models';
import { createTestPicture } from '@evenlight/models';
import { createLocalEngine } from '@evenlight/plugin/src/engine/local/local-engine.ts';
import type { OnnxBackendFactory } from '@evenlight/plugin/src/engine/local/onnx-backend.ts';
import { PanelModels } from '@evenlight/plugin/src/engine/local/panel-models.ts';
import { plainBackend } from '@evenlight/plugin/src/engine/plain/plain-backend.ts';
import { webviewBackend } from '@evenlight/plugin/src/engine/webview/webview-backend.ts';
import type { OpenFrame } from '@evenlight/plugin/src/engine/webview/webview-frame.ts';
import type { LocalEngine, ReadPluginFile } from '@evenlight/plugin/src/engine.ts';
import { EngineError } from '@evenlight/plugin/src/errors.ts';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { systemClock } from '@evenlight/protocol';
import { chromiumFrames, folderUrl, launchChromium, serveFolder } from '@evenlight/test/fakes/plugin/chromium-frame.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

let folder: PluginFolder;
let browser: Browser;
let expected: Correction;

const picture = createTestPicture(3, { width: 256, height: 256 });

beforeAll(async () => {
  folder = await makePluginFolder();
  browser = await launchChromium();
  const models = new PanelModels(folder.readFile, systemClock);
  const plain = createLocalEngine({ backends: [plainBackend(systemClock)], models, clock: systemClock });
  expected = await plain.predict(picture, 'exposure');
});
afterAll(async () => {
  await browser.close();
  await folder.remove();
});

/** Longer than the plugin's own: whether a page works is asked here, not how fast. */
const LONG_PATIENCE_MS = 300_000;

interface EngineOptions {
  readonly readFile?: ReadPluginFile;
  /** Asked each time. */
  readonly patienceMs?: () => number;
}

function engineWith(
  openFrame: OpenFrame,
  { readFile = folder.readFile, patienceMs = () => LONG_PATIENCE_MS }: EngineOptions = {},
): LocalEngine {
  const webview: OnnxBackendFactory = {
    ...webviewBackend({ openFrame, readFile, clock: systemClock }),
    get patienceMs() {
      return patienceMs();
    },
  };
  const engine = createLocalEngine({
    backends: [webview, plainBackend(systemClock)],
    models: new PanelModels(folder.readFile, systemClock),
    clock: systemClock,
  });
  onTestFinished(() => engine.dispose());
  return engine;
}

function largestDifference(a: Correction, b: Correction): number {
  return a.coefficients.reduce((most, value, i) => Math.max(most, Math.abs(value - b.coefficients[i]!)), 0);
}

describe('a page in Chromium', () => {
  it('from a file gets what it may not fetch from the panel, and agrees with the plain engine', async () => {
    const { openFrame, log } = chromiumFrames(browser, folderUrl(folder.path));
    const engine = engineWith(openFrame);
    await engine.start();
    expect(engine.attempts).toMatchObject([{ engine: 'webview', outcome: 'chosen' }, { outcome: 'waiting' }]);
    expect(engine.description).toMatch(
      /^onnxruntime-web 1\.30\.0, WebAssembly, 1 thread \(no (WebGPU|graphics adapter)\)$/,
    );
    expect(log.sentCharacters).toBeGreaterThan(14e6);
    expect(largestDifference(await engine.predict(picture, 'exposure'), expected)).toBeLessThanOrEqual(1e-3);
    expect(log.errors).toEqual([]);
  });

  it('from a server fetches its files itself', async () => {
    const server = await serveFolder(folder.path);
    onTestFinished(server.close);
    const { openFrame, log } = chromiumFrames(browser, server.url);
    const engine = engineWith(openFrame);
    expect(largestDifference(await engine.predict(picture, 'exposure'), expected)).toBeLessThanOrEqual(1e-3);
    expect(engine.name).toBe('webview');
    expect(log.sentCharacters).toBeLessThan(10e6);
  });

  it('loads nothing but its own files', async () => {
    const { openFrame, log } = chromiumFrames(browser, folderUrl(folder.path));
    const engine = engineWith(openFrame);
    await engine.start();
    const scripts = await log.pages[0]!.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    expect(scripts.every((name) => name.startsWith(folderUrl(folder.path)))).toBe(true);
  });

  it('is gone when the engine is disposed of', async () => {
    const { openFrame, log } = chromiumFrames(browser, folderUrl(folder.path));
    const engine = engineWith(openFrame);
    await engine.start();
    const closed = log.pages[0]!.waitForEvent('close');
    await engine.dispose();
    await closed;
  });

  it('does not keep anybody who has cancelled', async () => {
    const { openFrame } = chromiumFrames(browser, folderUrl(folder.path));
    let onPost = (): void => undefined;
    const engine = engineWith((path, listeners) => {
      const frame = openFrame(path, listeners);
      const post = (message: object): void => {
        frame.post(message);
        onPost();
      };
      return { post, close: () => frame.close() };
    });
    await engine.start();
    const cancel = new CancelSource();
    // The page has its work.
    onPost = () => cancel.cancel();
    const prediction = engine.predict(picture, 'exposure', { signal: cancel.signal });
    await expect(prediction).rejects.toMatchObject({ code: 'CANCELLED' });
    onPost = () => undefined;
    expect(engine.name).toBe('webview');
    expect(largestDifference(await engine.predict(picture, 'exposure'), expected)).toBeLessThanOrEqual(1e-3);
  });
});

describe('when the page does not work', () => {
  const withoutWasm: ReadPluginFile = (path) =>
    path.endsWith('.wasm') ? Promise.reject(new Error('no such file')) : folder.readFile(path);

  it('never answers: the plain engine takes over after the deadline', async () => {
    let isClosed = false;
    const silent: OpenFrame = () => ({
      post: () => undefined,
      close: () => {
        isClosed = true;
      },
    });
    const engine = engineWith(silent, { patienceMs: () => 50 });
    expect(largestDifference(await engine.predict(picture, 'exposure'), expected)).toBe(0);
    expect(engine.attempts[0]).toMatchObject({ code: 'TIMEOUT', reason: 'webview did not answer within 0.05 s' });
    expect(isClosed).toBe(true);
  });

  it('has no WebAssembly file', async () => {
    const { openFrame } = chromiumFrames(browser, folderUrl(folder.path));
    const engine = engineWith(openFrame, { readFile: withoutWasm });
    await engine.start();
    expect(engine.name).toBe('plain');
    const reason = "the plugin's file ort-wasm-simd-threaded.wasm cannot be read";
    expect(engine.attempts[0]).toMatchObject({ code: 'FILE_MISSING', reason });
  });

  it('dies in the middle of a job: the job is done again by the plain engine', async () => {
    const { openFrame, log } = chromiumFrames(browser, folderUrl(folder.path));
    let patienceMs = LONG_PATIENCE_MS;
    const engine = engineWith(openFrame, { patienceMs: () => patienceMs });
    await engine.start();
    expect(engine.name).toBe('webview');
    await log.pages[0]!.close();
    patienceMs = 100;
    expect(largestDifference(await engine.predict(picture, 'exposure'), expected)).toBe(0);
    expect(engine.name).toBe('plain');
    expect(engine.attempts[0]).toMatchObject({ outcome: 'failed', code: 'TIMEOUT' });
  });

  it('is not there at all, in Photoshop before 26', async () => {
    const engine = engineWith(() => {
      throw new EngineError('UNSUPPORTED', 'this Photoshop has no webviews');
    });
    await engine.start();
    expect(engine.attempts[0]).toMatchObject({ code: 'UNSUPPORTED', reason: 'this Photoshop has no webviews' });
    expect(engine.name).toBe('plain');
  });
});
