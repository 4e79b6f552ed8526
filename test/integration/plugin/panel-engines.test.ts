import { fileURLToPath } from 'node:url';
import type { PanelDriver } from '@evenlight/test/fakes/plugin/panel-driver.ts';
import { PanelStage } from '@evenlight/test/fakes/plugin/panel-stage.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const PHOTO = fileURLToPath(new URL('../../fixtures/images/coffee-under.jpg', import.meta.url));
const MODEL = '**/models/exposure/onnx/model.onnx';
const SMALL_MODEL = '**/models/exposure/onnx/model-fp16.onnx';

let stage: PanelStage;

beforeAll(async () => {
  stage = await PanelStage.start();
});
afterAll(() => stage.close());

/** The staged plugin in a Photoshop with webviews, in which a photograph is open and the panel is not yet. */
async function startPanel(hasWebviews = true): Promise<PanelDriver> {
  const panel = await stage.startPanel({ hasWebviews, height: 1400 });
  onTestFinished(() => panel.close());
  await panel.openPhoto('coffee.jpg', PHOTO, 300);
  return panel;
}

/** Opens the panel, fixes the photograph without a bridge, and reads in the settings how the engines did. */
async function enginesAfterFixing(panel: PanelDriver): Promise<string[]> {
  await panel.openPanel();
  await panel.press('Fix exposure');
  await panel.see(/^Corrected/, 100_000);
  await panel.see(/^In Photoshop, /);
  expect(await panel.layers('coffee.jpg')).toEqual(['Evenlight 100 %', 'Background']);
  return engines(panel);
}

async function engines(panel: PanelDriver): Promise<string[]> {
  await panel.openAdvanced();
  const rungs = panel.page.locator('.ev-rung').filter({ hasText: /: (in use|in reserve|not available)/ });
  return (await rungs.allInnerTexts()).map((text) => text.replace(/\s*\n\s*/g, ' '));
}

/** A file of the plugin arrives with a wrong bit. */
async function damage(panel: PanelDriver, url: string): Promise<void> {
  await panel.page.route(url, async (route) => {
    const body = await (await route.fetch()).body();
    body[1000]! ^= 1;
    await route.fulfill({ body });
  });
}

/** Memory for WebAssembly is refused where this runs. */
const REFUSE_MEMORY = `WebAssembly.Memory = class {
  constructor() { throw new RangeError('WebAssembly.Memory(): could not allocate memory'); }
};`;

describe('the panel says which engine works, and why those before it do not', () => {
  it('when all is well: the webview', async () => {
    const [webview, inEngine, plain] = await enginesAfterFixing(await startPanel());
    expect(webview).toMatch(/^Web view: in use onnxruntime-web 1\.\d+\.\d+, WebAssembly, 1 thread/);
    expect(inEngine).toMatch(/^WebAssembly: in reserve/);
    expect(plain).toMatch(/^JavaScript: in reserve/);
  });

  it('when the WebAssembly file is missing: the plain engine', async () => {
    const panel = await startPanel();
    await panel.page.route('**/engine/*.wasm', (route) => route.fulfill({ status: 404 }));
    const [webview, inEngine, plain] = await enginesAfterFixing(panel);
    const reason = /: not available the plugin's file (engine\/)?ort-wasm-simd-threaded\.wasm cannot be read$/;
    expect(webview).toMatch(reason);
    expect(inEngine).toMatch(reason);
    expect(plain).toBe('JavaScript: in use TypeScript, 1 thread');
  });

  it('when the webview never answers: the one in the plug-in', async () => {
    const panel = await startPanel();
    await panel.page.route('**/engine/page.html', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await panel.page.clock.install();
    await panel.openPanel();
    await panel.page.locator('iframe').waitFor({ state: 'attached' });
    await panel.page.clock.fastForward(30_000);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected/, 100_000);
    const [webview, inEngine] = await engines(panel);
    expect(webview).toBe('Web view: not available webview did not answer within 30 s');
    expect(inEngine).toMatch(/^WebAssembly: in use onnxruntime-web/);
  });

  it('when the webview gets no memory: the one in the plug-in', async () => {
    const panel = await startPanel();
    await panel.page.addInitScript(`if (window !== window.top) ${REFUSE_MEMORY}`);
    const [webview, inEngine] = await enginesAfterFixing(panel);
    expect(webview).toMatch(/^Web view: not available .*could not allocate memory/);
    expect(inEngine).toMatch(/^WebAssembly: in use onnxruntime-web/);
  });

  it('when nobody gets memory for WebAssembly: the plain engine', async () => {
    const panel = await startPanel();
    await panel.page.addInitScript(`if (window !== window.top) ${REFUSE_MEMORY}`);
    await panel.page.evaluate(REFUSE_MEMORY);
    const [webview, inEngine, plain] = await enginesAfterFixing(panel);
    for (const rung of [webview, inEngine]) expect(rung).toMatch(/: not available .*could not allocate memory/);
    expect(plain).toMatch(/^JavaScript: in use/);
  });

  it('when Photoshop ended while it tried the one in the plug-in: not again with these versions', async () => {
    const first = await startPanel(false);
    await first.page.evaluate(`{
      const setItem = localStorage.setItem.bind(localStorage);
      localStorage.setItem = (key, value) => { if (value === 'in-engine') window.noted = key; setItem(key, value); };
    }`);
    expect((await enginesAfterFixing(first))[1]).toMatch(/^WebAssembly: in use/);
    const note = await first.page.evaluate<string>('window.noted');
    expect(note).toMatch(/^engine-being-tried 25\.1\.0 \d+\.\d+\.\d+$/);

    const second = await startPanel(false);
    await second.page.evaluate(`localStorage.setItem(${JSON.stringify(note)}, 'in-engine')`);
    const [, inEngine, plain] = await enginesAfterFixing(second);
    expect(inEngine).toMatch(/^WebAssembly: not available Photoshop ended during the last try/);
    expect(plain).toMatch(/^JavaScript: in use/);
  });

  it('when a model file is damaged: the same engine with the smaller file', async () => {
    const panel = await startPanel();
    await damage(panel, MODEL);
    const [webview] = await enginesAfterFixing(panel);
    const reason = /half-precision weights \(models\/exposure\/onnx\/model\.onnx has SHA-256 \w+, its contract says/;
    expect(webview).toMatch(/^Web view: in use/);
    expect(webview).toMatch(reason);
  });

  it('when both model files are damaged: none, and nothing is written', async () => {
    const panel = await startPanel();
    await damage(panel, MODEL);
    await damage(panel, SMALL_MODEL);
    await panel.openPanel();
    await panel.press('Fix exposure');
    await panel.see(/^A file of the plugin is damaged\. Reinstall Evenlight\./);
    expect(await panel.layers('coffee.jpg')).toEqual(['Background']);
    const rungs = await engines(panel);
    expect(rungs).toHaveLength(3);
    for (const rung of rungs) expect(rung).toMatch(/: not available models\/exposure\/onnx\/model\.onnx has SHA-256/);
  });
});
