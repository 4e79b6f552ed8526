import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PanelDriver, PanelOptions } from '@evenlight/test/fakes/plugin/panel-driver.ts';
import { PanelStage } from '@evenlight/test/fakes/plugin/panel-stage.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const SIZE = { width: 96, height: 64 } as const;
const DARK = new URL('../../fixtures/images/coffee-under.jpg', import.meta.url);

let stage: PanelStage;
/** A photograph that is plainly too dark, as a JPEG is opened: 8 bit RGB, a Background and nothing else. */
let dark: Uint8Array;

beforeAll(async () => {
  stage = await PanelStage.start();
  const resized = sharp(await readFile(DARK)).resize({ ...SIZE, fit: 'fill' });
  dark = new Uint8Array(await resized.raw().toBuffer());
});
afterAll(() => stage.close());

async function startPanel(options: PanelOptions = {}): Promise<PanelDriver> {
  const panel = await stage.startPanel({ height: 1200, ...options });
  onTestFinished(() => panel.close());
  return panel;
}

describe('the built panel in a browser', () => {
  it('says of every kind of result that it failed, where Photoshop takes the layer and shows nothing of it', async () => {
    const panel = await startPanel({ photoshop: { ignoresNewLayers: true } });
    await panel.open('dark.jpg', dark, SIZE);
    await panel.openPanel();
    for (const result of ['Pixel layer', 'Curves layer', 'Color Lookup layer']) {
      await panel.choose('Result', result);
      await panel.press('Fix exposure');
      await panel.see(/^The photo did not change, so the layer was removed again\./);
      const text = await panel.text();
      expect([result, text.includes('Corrected:'), await panel.layers('dark.jpg')]).toEqual([
        result,
        false,
        ['Background'],
      ]);
    }
    expect(await panel.history('dark.jpg')).toEqual(['Open']);
  });

  it('fixes a document whose profile is not installed, with each kind of layer', async () => {
    for (const result of ['Pixel layer', 'Curves layer', 'Color Lookup layer']) {
      const panel = await startPanel();
      await panel.open('scan.jpg', dark, { ...SIZE, profile: 'Scanner of the studio 2009' });
      await panel.openPanel();
      await panel.choose('Result', result);
      const before = await panel.brightness('scan.jpg');
      await panel.press('Fix exposure');
      await panel.see(/^Corrected: \+/);
      expect((await panel.brightness('scan.jpg')) - before, result).toBeGreaterThan(10);
    }
  });

  it('records its button as one step; a batch of ten files is fixed before each is saved', async () => {
    const panel = await startPanel();
    await panel.open('dark.jpg', dark, SIZE);
    await panel.openPanel();
    await panel.record(true);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    expect(await panel.record(false)).toEqual(['evenlightFixExposure']);
    const files = Array.from({ length: 10 }, (_, i) => {
      const pixels = dark.map((code) => Math.min(255, code + i));
      return panel.put(`${i}.jpg`, pixels, SIZE);
    });
    const saved = await panel.playBatch(files);
    expect(saved.filter(({ before, after }) => after > before + 10)).toHaveLength(10);
  });

  it('does not take the second press of two for Cancel', async () => {
    const panel = await startPanel();
    await panel.open('dark.jpg', dark, SIZE);
    await panel.openPanel();
    await panel.page.getByText('Fix exposure', { exact: true }).locator('visible=true').first().dblclick();
    await panel.see(/^Corrected: \+/);
    expect(await panel.history('dark.jpg')).toEqual(['Open', 'Fix exposure']);
  });

  it.each([
    ['25.1', false],
    ['26.1', true],
  ])(
    'in Photoshop %s shows one pixel of the photograph on one of the screen, however wide it is made',
    async (_, hasWebviews) => {
      const panel = await startPanel({ hasWebviews });
      await panel.openPhoto('coffee.jpg', fileURLToPath(DARK));
      await panel.openPanel();
      await panel.press('Preview');
      await panel.page.locator('.ev-histogram[src]').waitFor();
      await panel.press('100 %');
      for (const width of [230, 400, 300]) {
        await panel.page.setViewportSize({ width, height: 1200 });
        const image = panel.page.locator('.ev-preview-image');
        const shown = () =>
          image.evaluate((element) => {
            const { naturalWidth, clientWidth } = element as unknown as { naturalWidth: number; clientWidth: number };
            return [naturalWidth, clientWidth];
          });
        await expect.poll(shown, { timeout: 120_000 }).toEqual([width - 24, width - 24]);
      }
    },
  );
});
