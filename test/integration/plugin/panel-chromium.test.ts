import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PanelDriver, PanelOptions } from '@evenlight/test/fakes/plugin/panel-driver.ts';
import { PanelStage } from '@evenlight/test/fakes/plugin/panel-stage.ts';
import { runEvenlight } from '@evenlight/test/fixtures/run-evenlight.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const photo = (name: string): string => fileURLToPath(new URL(`../../fixtures/images/${name}`, import.meta.url));

let stage: PanelStage;
let bridgeUrl: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenlight-panel-'));
  stage = await PanelStage.start();
  bridgeUrl = await stage.startBridge();
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

async function startPanel(options: PanelOptions = {}): Promise<PanelDriver> {
  const panel = await stage.startPanel(options);
  onTestFinished(() => panel.close());
  return panel;
}

/** The command line's result for the same file, as raw samples. */
async function commandLine(file: string, depth: 'uchar' | 'ushort'): Promise<Buffer> {
  const out = await mkdtemp(join(folder, 'fixed-'));
  const run = await runEvenlight(['fix', '--runtime', 'wasm', '--out', out, file]);
  expect(run.code, run.stderr).toBe(0);
  const image = sharp(join(out, basename(file)), { ignoreIcc: true });
  return (depth === 'ushort' ? image.toColourspace('rgb16') : image).raw({ depth }).toBuffer();
}

describe('a dark photograph, opened and fixed with one click', () => {
  it("at 8 bit: the new layer's pixels are the command line's", async () => {
    const file = join(folder, 'coffee.png');
    await sharp(photo('coffee-under.jpg')).png().toFile(file);
    const panel = await startPanel();
    await panel.openPhoto('coffee.png', file);
    await panel.openPanel();
    await panel.useBridge(bridgeUrl);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    await panel.see(/^Evenlight server on this computer, /);
    const [layer, background] = await panel.layers('coffee.png');
    expect([layer, background]).toEqual(['Evenlight 100 %', 'Background']);
    const fixed = await panel.layerPixels('coffee.png', layer!);
    const expected = await commandLine(file, 'uchar');
    expect(fixed.length).toBe(expected.length);
    expect(fixed.equals(expected)).toBe(true);
    expect(fixed.equals(await sharp(file).raw().toBuffer())).toBe(false);
  });

  it("at 16 bit: the new layer's pixels are the command line's, but for Photoshop's 15 bits", async () => {
    const { data, info } = await sharp(photo('rocket.jpg')).raw().toBuffer({ resolveWithObject: true });
    // Photoshop holds 0..32768; the file holds the same values in 0..65535, with detail that 8 bits do not have.
    const inPhotoshop = Uint16Array.from(data, (value, i) =>
      Math.min(32768, Math.round((value / 255) * 32768) + (i % 97)),
    );
    const inFile = Uint16Array.from(inPhotoshop, (value) => Math.round((value / 32768) * 65535));
    const file = join(folder, 'rocket-16.png');
    const { width, height } = info;
    await sharp(inFile, { raw: { width, height, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toFile(file);
    const panel = await startPanel();
    await panel.open('rocket-16.png', inPhotoshop, { width, height });
    await panel.openPanel();
    await panel.useBridge(bridgeUrl);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected: \+/);
    const bytes = await panel.layerPixels('rocket-16.png', (await panel.layers('rocket-16.png'))[0]!);
    const fixed = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    const rendered = await commandLine(file, 'ushort');
    const expected = new Uint16Array(rendered.buffer, rendered.byteOffset, rendered.length / 2);
    expect(fixed.length).toBe(expected.length);
    const differences = fixed.map((value, i) => Math.abs(value - Math.round((expected[i]! / 65535) * 32768)));
    // What is half a code apart before the correction can turn a coefficient's last digit (1/4096, 8 codes) and is some
    // codes apart behind its slope: a twentieth of a code of 8 bits.
    expect(differences.reduce((most, value) => Math.max(most, value))).toBeLessThanOrEqual(12);
    expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(0.5);
  });
});

describe('the preview', () => {
  it('follows the sliders without another question to the bridge', async () => {
    const panel = await startPanel({ height: 900 });
    let sent = 0;
    panel.page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('"predict"')) sent++;
      });
    });
    await panel.openPhoto('coffee.jpg', photo('coffee-under.jpg'), 300);
    await panel.openPanel();
    await panel.useBridge(bridgeUrl);
    await panel.press('Preview');
    const image = panel.page.locator('.ev-preview-image');
    await image.waitFor();
    await panel.see(/^\+\d\.\d EV/);
    const before = await image.getAttribute('src');
    const measured = await panel.page.locator('.ev-measure').innerText();
    await panel.press('Subtle');
    await expect.poll(() => image.getAttribute('src'), { timeout: 120_000 }).not.toBe(before);
    await expect.poll(() => panel.page.locator('.ev-measure').innerText(), { timeout: 120_000 }).not.toBe(measured);
    expect(sent).toBe(1);
    expect(await panel.layers('coffee.jpg')).toEqual(['Background']);
    await panel.press('Fix exposure');
    await panel.see(/^Corrected/);
    expect(sent).toBe(1);
    expect(await panel.layers('coffee.jpg')).toEqual(['Evenlight 60 %', 'Background']);
  });

  it('has a line that is moved by dragging and by the arrow keys', async () => {
    const panel = await startPanel({ height: 900 });
    await panel.openPhoto('coffee.jpg', photo('coffee-under.jpg'), 300);
    await panel.openPanel();
    await panel.press('Preview');
    const frame = panel.page.locator('.ev-preview-frame');
    await panel.page.locator('.ev-preview-image').waitFor();
    expect(await frame.getAttribute('data-split')).toBe('50');
    const box = (await frame.boundingBox())!;
    await panel.page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await panel.page.mouse.up();
    await panel.page.mouse.move(box.x + box.width * 0.9, box.y + 20);
    expect(await frame.getAttribute('data-split')).toBe('25');
    await frame.focus();
    await panel.page.keyboard.press('ArrowRight');
    expect(await frame.getAttribute('data-split')).toBe('30');
  });
});

describe('without a bridge', () => {
  it.each([
    ['25.1', false, /^WebAssembly: in use$/],
    ['26', true, /^Web view: in use$/],
  ])('the panel of Photoshop %s fixes the photograph itself, and says so', async (_version, hasWebviews, engine) => {
    const panel = await startPanel({ hasWebviews });
    await panel.openPhoto('coffee.jpg', photo('coffee-under.jpg'), 300);
    await panel.openPanel();
    await panel.press('Fix exposure');
    await panel.see(/^Corrected/);
    await panel.see(/^In Photoshop, /);
    await panel.openAdvanced();
    await panel.see(engine);
    expect(await panel.foreignGlobals()).toEqual([]);
  });
});

describe('a bridge that asks for a token', () => {
  it('refuses without it, is diagnosed, and lets the panel in with it', async () => {
    const url = await stage.startBridge([], { EVENLIGHT_TOKEN: 'open-sesame-open-sesame' });
    const panel = await startPanel({ height: 1200 });
    await panel.openPanel();
    await panel.useBridge(url, 'The Evenlight server needs a valid access code.');
    await panel.openAdvanced();
    await panel.press('Test connection');
    await panel.see('This server asks for an access code. The person who runs it can give it to you.');
    await panel.typeInto('Access code (token)', 'open-sesame-open-sesame');
    await panel.see('Connected to the server on this computer.');
    await panel.see("Stored in the system's keychain.");
    await panel.press('Test connection');
    await panel.see(/^WebAssembly \(TensorFlow/);
    expect(await panel.text()).not.toContain('open-sesame');
  });
});

describe('the panel at 230 pixels', () => {
  it.each(['en_US', 'de_DE'])('cuts nothing off in %s', async (locale) => {
    const panel = await startPanel({ height: 1400, locale });
    const isGerman = locale.startsWith('de');
    await panel.openPhoto('a-long-name-that-will-not-fit-into-the-panel.jpg', photo('coffee-under.jpg'), 300);
    await panel.openPanel();
    await panel.press(isGerman ? 'Belichtung korrigieren' : 'Fix exposure');
    await panel.see(isGerman ? /^Korrigiert/ : /^Corrected/);
    expect(await panel.textsCutOff()).toEqual([]);
    await panel.press(isGerman ? 'Stapel' : 'Batch');
    await panel.press(isGerman ? 'Gleiche Korrektur für alle' : 'Same correction for all');
    await panel.press(isGerman ? '1 Dokument korrigieren' : 'Fix 1 document');
    await panel.see(isGerman ? /korrigiert, / : / corrected, /);
    expect(await panel.textsCutOff()).toEqual([]);
    await panel.press(isGerman ? 'Einstellungen' : 'Settings');
    await panel.press(isGerman ? 'Erweitert' : 'Advanced');
    await panel.press(isGerman ? 'Verbindung prüfen' : 'Test connection');
    await panel.see(/Evenlight-Server\. Sie brauchen|No Evenlight server is running/);
    expect(await panel.textsCutOff()).toEqual([]);
  });

  it('can be worked with the keyboard alone', async () => {
    const panel = await startPanel({ height: 900 });
    await panel.openPhoto('coffee.jpg', photo('coffee-under.jpg'), 300);
    await panel.openPanel();
    const reached: string[] = [];
    await panel.press('Photo');
    // Shown when the models have been read.
    await panel.page.locator('sp-dropdown[data-name="Model"]').waitFor();
    for (let i = 0; i < 16; i++) {
      await panel.page.keyboard.press('Tab');
      reached.push(await panel.focusedName());
    }
    // Each value is a number to type and a slider.
    expect(reached).toEqual([
      ...['Batch', 'Settings', 'Preview', 'Strength', 'Strength', 'Subtle', 'Normal', 'Strong'],
      ...[
        'Lighter / darker',
        'Lighter / darker',
        'Clean noise',
        'Result',
        'Model',
        'Preset name',
        'Save',
        'Fix exposure',
      ],
    ]);
    await panel.page.locator('sp-slider').first().focus();
    await panel.page.keyboard.press('ArrowLeft');
    const strength = panel.page.locator('sp-textfield').first();
    const shown = () => strength.evaluate((field) => String((field as HTMLInputElement).value));
    await expect.poll(shown, { timeout: 120_000 }).toBe('99');
    await panel.page.getByText('Fix exposure', { exact: true }).locator('visible=true').focus();
    await panel.page.keyboard.press('Enter');
    await panel.see(/^Corrected/);
    expect((await panel.layers('coffee.jpg'))[0]).toBe('Evenlight 99 %');
  });
});

describe('with the panel closed', () => {
  it('the commands work, and say in a message box what no layer shows', async () => {
    const panel = await startPanel();
    await panel.runCommand('fix-exposure');
    await expect
      .poll(() => panel.alerts(), { timeout: 120_000 })
      .toEqual(['No document is open, or it was closed in the meantime.']);
    await panel.openPhoto('dark.jpg', photo('coffee-under.jpg'), 200);
    await panel.runCommand('fix-exposure');
    // The layer is there before its pixels are, and while it is filled no other command begins.
    await expect.poll(() => panel.history('dark.jpg'), { timeout: 120_000 }).toEqual(['Open', 'Fix exposure']);
    expect(await panel.layers('dark.jpg')).toHaveLength(2);
    await panel.openPhoto('good.jpg', photo('kitten.jpg'), 200);
    await panel.runCommand('fix-exposure');
    await expect.poll(() => panel.alerts(), { timeout: 120_000 }).toHaveLength(2);
    expect((await panel.alerts())[1]).toBe('Already well exposed. No layer was added.');
    await panel.openPhoto('another.jpg', photo('rocket.jpg'), 200);
    await panel.runCommand('fix-all');
    await expect.poll(() => panel.alerts(), { timeout: 120_000 }).toHaveLength(3);
    expect((await panel.alerts())[2]).toBe('Evenlight: 1 corrected, 2 unchanged.');
    expect(await panel.layers('another.jpg')).toHaveLength(2);
  });
});
