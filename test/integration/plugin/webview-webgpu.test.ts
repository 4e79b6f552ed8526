import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestPicture } from '@evenlight/models';
import { createLocalEngine } from '@evenlight/plugin/src/engine/local/local-engine.ts';
import { PanelModels } from '@evenlight/plugin/src/engine/local/panel-models.ts';
import { webviewBackend } from '@evenlight/plugin/src/engine/webview/webview-backend.ts';
import { systemClock } from '@evenlight/protocol';
import { chromiumFrames, folderUrl, launchChromium } from '@evenlight/test/fakes/plugin/chromium-frame.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import { exportSmallModel } from '@evenlight/test/fixtures/plugin/small-model.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

let modelsFolder: string;
let folder: PluginFolder;
let browser: Browser;

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), 'evenlight-models-'));
  await exportSmallModel(modelsFolder);
  folder = await makePluginFolder(modelsFolder, ['small']);
  // A graphics adapter in software: slow, but it computes what WebGPU computes.
  browser = await launchChromium(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']);
});
afterAll(async () => {
  await browser.close();
  await folder.remove();
  await rm(modelsFolder, { recursive: true });
});

function engineWith(webGpuPatienceMs: number) {
  const { openFrame } = chromiumFrames(browser, folderUrl(folder.path));
  const { readFile } = folder;
  const webview = webviewBackend({ openFrame, readFile, clock: systemClock, webGpuPatienceMs });
  const engine = createLocalEngine({
    backends: [{ ...webview, patienceMs: 90_000 }],
    models: new PanelModels(readFile, systemClock),
    clock: systemClock,
  });
  onTestFinished(() => engine.dispose());
  return engine;
}

describe('WebGPU in the webview', () => {
  it('is compared with WebAssembly: it agrees, and the faster one is taken', async () => {
    const engine = engineWith(80_000);
    await engine.start();
    expect(engine.attempts[0]).toMatchObject({ outcome: 'chosen' });
    expect(engine.description).toMatch(/WebGPU (is slower|agrees): \d+ ms, WebAssembly \d+ ms/);
    const correction = await engine.predict(createTestPicture(1, { width: 32, height: 32 }), 'small');
    expect(correction.gridWidth).toBe(8);
  });

  it('is given up when it takes too long', async () => {
    const engine = engineWith(1);
    await engine.start();
    expect(engine.description).toBe('onnxruntime-web 1.30.0, WebAssembly, 1 thread (WebGPU did not answer)');
  });
});
