import { fileURLToPath } from 'node:url';
import type { PanelDriver, PanelOptions } from '@evenlight/test/fakes/plugin/panel-driver.ts';
import { PanelStage } from '@evenlight/test/fakes/plugin/panel-stage.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const photo = (name: string): string => fileURLToPath(new URL(`../../fixtures/images/${name}`, import.meta.url));
const DARK = photo('coffee-under.jpg');
const GOOD = photo('kitten.jpg');

let stage: PanelStage;
let bridgeUrl: string;

beforeAll(async () => {
  stage = await PanelStage.start();
  bridgeUrl = await stage.startBridge();
});
afterAll(() => stage.close());

/** A panel over a bridge, with these photographs open; the last one is active. */
async function startPanel(photos: Readonly<Record<string, string>>, options: PanelOptions = {}): Promise<PanelDriver> {
  const panel = await stage.startPanel({ height: 900, ...options });
  onTestFinished(() => panel.close());
  for (const [title, file] of Object.entries(photos)) await panel.openPhoto(title, file, 300);
  await panel.openPanel();
  await panel.useBridge(bridgeUrl);
  return panel;
}

/** By tenths of an EV, with the keyboard. */
async function lighten(panel: PanelDriver, tenths: number): Promise<void> {
  await panel.page.locator('sp-slider').nth(1).focus();
  for (let i = 0; i < tenths; i++) await panel.page.keyboard.press('ArrowRight');
}

describe('the result', () => {
  it.each([
    ['Curves layer', 'curves'],
    ['Color Lookup layer', 'colorLookup'],
  ])('can be a %s, with how well it fits', async (output, kind) => {
    const panel = await startPanel({ 'dark.jpg': DARK });
    await panel.choose('Result', output);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    await panel.see(/^Difference from the pixel layer: ΔE \d+\.\d\.$/);
    expect(await panel.layerKinds('dark.jpg')).toEqual([kind, 'pixel']);
    expect(await panel.history('dark.jpg')).toEqual(['Open', 'Fix exposure']);
  });

  it('can be a .cube file, also of the layer that has just been made; the document stays as it was', async () => {
    const panel = await startPanel({ 'dark.jpg': DARK });
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    await panel.choose('Result', 'LUT file (.cube)');
    await panel.press('Fix exposure');
    await panel.see('Saved as dark.cube');
    expect((await panel.savedFiles())['dark.cube']).toMatch(/^LUT_3D_SIZE 33$/m);
    expect(await panel.history('dark.jpg')).toEqual(['Open', 'Fix exposure']);
  });

  it('is lighter by the EV that the slider adds, and its layer says so', async () => {
    const panel = await startPanel({ 'dark.jpg': DARK });
    await panel.press('Preview');
    await panel.see(/^\+\d\.\d EV/);
    const without = await panel.page.locator('.ev-measure').innerText();
    await lighten(panel, 5);
    await expect.poll(() => panel.page.locator('.ev-measure').innerText(), { timeout: 120_000 }).not.toBe(without);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    expect((await panel.layers('dark.jpg'))[0]).toBe('Evenlight 100 %, +0.5 EV');
  });

  it('is made again with the settings that the layer remembers', async () => {
    const panel = await startPanel({ 'dark.jpg': DARK });
    await panel.choose('Result', 'Curves layer');
    await panel.press('Subtle');
    await lighten(panel, 5);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    await panel.choose('Result', 'Pixel layer');
    await panel.press('Strong');
    await lighten(panel, 1);
    await panel.touch('dark.jpg');
    await panel.runCommand('repeat-last');
    // The layer is there before it has its name and its curves.
    const history = ['Open', 'Fix exposure', 'Brush Tool', 'Fix exposure'];
    await expect.poll(() => panel.history('dark.jpg'), { timeout: 120_000 }).toEqual(history);
    expect(await panel.layerKinds('dark.jpg')).toEqual(['curves', 'curves', 'pixel']);
    const [newest, first] = await panel.layers('dark.jpg');
    expect([newest, first]).toEqual(Array(2).fill('Evenlight 60 %, +0.5 EV'));
  });
});

describe('a batch', () => {
  it('leaves out what is not ticked, has a line for each document, and a report that can be saved', async () => {
    const panel = await startPanel({ 'first.jpg': DARK, 'not this.jpg': DARK, 'good.jpg': GOOD });
    await panel.press('Batch');
    await panel.press('not this.jpg');
    await panel.press('Fix 2 documents');
    await panel.see('1 corrected, 1 unchanged');
    await panel.see('already well exposed');
    const histories = await Promise.all(['first.jpg', 'not this.jpg', 'good.jpg'].map((title) => panel.history(title)));
    expect(histories).toEqual([['Open', 'Fix exposure'], ['Open'], ['Open']]);
    expect(await panel.activeTitle()).toBe('good.jpg');
    await panel.press('CSV');
    await panel.see('Report saved as Evenlight.csv');
    const lines = String((await panel.savedFiles())['Evenlight.csv'])
      .trim()
      .split('\r\n');
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 2))).toEqual([
      ['first.jpg', 'fixed'],
      ['good.jpg', 'already-well-exposed'],
    ]);
  });

  it("gives all documents the reference's correction when asked to", async () => {
    const panel = await startPanel({ 'reference.jpg': DARK, 'good.jpg': GOOD });
    await panel.press('Batch');
    await panel.press('Same correction for all');
    await panel.choose('Reference photo', 'reference.jpg');
    await panel.press('Fix 2 documents');
    await panel.see('2 corrected, 0 unchanged');
    expect(await panel.layerKinds('good.jpg')).toEqual(['pixel', 'pixel']);
  });

  it('can be cancelled in the middle: every document is fixed or as it was', async () => {
    const titles = Array.from({ length: 8 }, (_, i) => `photo-${i}.jpg`);
    const panel = await startPanel(Object.fromEntries(titles.map((title) => [title, DARK])));
    await panel.press('Batch');
    await panel.pressOnceSeen('Cancel', /^\+\d\.\d EV/);
    await panel.press('Fix 8 documents');
    await panel.see(/^\d corrected, \d unchanged$/);
    const fixed = Number(/^(\d) corrected/m.exec(await panel.text())![1]);
    expect(fixed).toBeGreaterThan(0);
    expect(fixed).toBeLessThan(8);
    const histories = await Promise.all(titles.map((title) => panel.history(title)));
    expect(histories).toEqual(titles.map((_, i) => (i < fixed ? ['Open', 'Fix exposure'] : ['Open'])));
    expect(await panel.activeTitle()).toBe('photo-7.jpg');
  });
});

describe('with the bridge alone', () => {
  it('a photograph waits for it, says so, and is as it was when the user cancels', async () => {
    const panel = await startPanel({ 'dark.jpg': DARK });
    await panel.openAdvanced();
    await panel.choose('Processing', 'Evenlight server only');
    await panel.useBridge('ws://127.0.0.1:1', /^Waiting for the Evenlight server on this/);
    await panel.press('Fix exposure');
    await panel.see('Waiting for the Evenlight server');
    await panel.press('Cancel');
    await panel.see('Fix exposure');
    expect(await panel.history('dark.jpg')).toEqual(['Open']);
    await panel.useBridge(bridgeUrl);
    await panel.press('Fix exposure');
    await panel.see(/^Evenlight server on this computer, /);
    expect(await panel.history('dark.jpg')).toEqual(['Open', 'Fix exposure']);
  });
});

describe('an address that is none', () => {
  it('is marked, said in words, and no hindrance to fixing a photograph', async () => {
    const panel = await startPanel({ 'dark.jpg': DARK });
    await panel.useBridge('ftp://studio', /^The server address is not valid: /);
    await panel.openAdvanced();
    await panel.see(/^The server address is not valid: /);
    expect(await panel.textsCutOff()).toEqual([]);
    await panel.press('Photo');
    await panel.press('Fix exposure');
    await panel.see(/^In Photoshop, /);
  });
});
