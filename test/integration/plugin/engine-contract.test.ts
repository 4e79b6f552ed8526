import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inEngineBackend, type OnnxRuntimeModule } from '@evenlight/plugin/src/engine/in-engine/in-engine-backend.ts';
import { createLocalEngine } from '@evenlight/plugin/src/engine/local/local-engine.ts';
import type { OnnxBackendFactory } from '@evenlight/plugin/src/engine/local/onnx-backend.ts';
import { PanelModels } from '@evenlight/plugin/src/engine/local/panel-models.ts';
import { plainBackend } from '@evenlight/plugin/src/engine/plain/plain-backend.ts';
import { webviewBackend } from '@evenlight/plugin/src/engine/webview/webview-backend.ts';
import { systemClock as clock } from '@evenlight/protocol';
import { describeEngine } from '@evenlight/test/contracts/plugin/engine-contract.ts';
import { chromiumFrames, launchChromium, serveFolder } from '@evenlight/test/fakes/plugin/chromium-frame.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import { exportSmallModel } from '@evenlight/test/fixtures/plugin/small-model.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

let modelsFolder: string;
let folder: PluginFolder;
let browser: Browser;
let server: { url: string; close: () => Promise<void> };

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), 'evenlight-models-'));
  await exportSmallModel(modelsFolder);
  folder = await makePluginFolder(modelsFolder, ['small']);
  browser = await launchChromium();
  server = await serveFolder(folder.path);
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await folder.remove();
  await rm(modelsFolder, { recursive: true });
});

async function engineOf(backend: OnnxBackendFactory) {
  return createLocalEngine({ backends: [backend], models: new PanelModels(folder.readFile, clock), clock });
}

/** Longer than the plugin's own patience: what an engine does is asked here, not how fast. */
const patient = (backend: OnnxBackendFactory): OnnxBackendFactory => ({ ...backend, patienceMs: 300_000 });

describeEngine('plain', () => engineOf(plainBackend(clock)));

describeEngine('in-engine', () => {
  const loadRuntime = () =>
    createRequire(import.meta.url)(join(folder.path, 'engine/onnx-runtime.js')) as OnnxRuntimeModule;
  return engineOf(patient(inEngineBackend({ loadRuntime, readFile: folder.readFile })));
});

describeEngine('webview', () => {
  const { openFrame } = chromiumFrames(browser, server.url);
  return engineOf(patient(webviewBackend({ openFrame, readFile: folder.readFile, clock })));
});
