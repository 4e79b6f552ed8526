import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { psnr } from '@evenlight/models';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BridgeProcess } from '../fakes/bridge-process.ts';
import { launchWebBrowser, WebPageDriver } from '../fakes/web-page.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';

const IMAGES = fileURLToPath(new URL('../fixtures/images/', import.meta.url));
const TOKEN = 'token of the newcomer';

function startBridge(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): BridgeProcess {
  return new BridgeProcess(['--port', '0', '--runtime', 'wasm', '--json', ...args], env);
}

async function end(bridge: BridgeProcess): Promise<void> {
  bridge.process.kill('SIGKILL');
  await bridge.exited;
}

let bridge: BridgeProcess;
let browser: Browser;
let url: string;
beforeAll(async () => {
  bridge = startBridge();
  browser = await launchWebBrowser();
  ({ url } = await bridge.listening());
});
afterAll(async () => {
  await browser.close();
  await end(bridge);
});

/** Eight photographs that browsers read, one that only the bridge reads, and one that is broken. */
async function tenPhotographs(): Promise<string[]> {
  const folder = await temporaryFolder();
  const tiff = join(folder, 'deep.tif');
  await sharp(join(IMAGES, 'coffee-under.jpg')).toColourspace('rgb16').tiff({ compression: 'lzw' }).toFile(tiff);
  const turned = join(folder, 'turned.jpg');
  const tagged = sharp(join(IMAGES, 'astronaut-under.jpg')).withIccProfile('p3').withMetadata({ orientation: 6 });
  await tagged.jpeg({ quality: 95 }).toFile(turned);
  const broken = join(folder, 'broken.jpg');
  await writeFile(broken, (await readFile(join(IMAGES, 'lake.jpg'))).subarray(0, 3000));
  const plain = (await readdir(IMAGES)).filter((name) => /^(as|ch|ki|ro|sp|ta).*\.(jpg|png)$/.test(name));
  const seven = plain.map((name) => join(IMAGES, name)).slice(0, 7);
  return [...seven, turned, tiff, broken];
}

async function overHttp(file: string, query = ''): Promise<Buffer> {
  const address = `${url.replace(/^ws/, 'http')}/v1/fix${query}`;
  const response = await fetch(address, { method: 'POST', body: await readFile(file) });
  return Buffer.from(await response.arrayBuffer());
}

/** How near two pictures are, on their stored pixels. */
async function nearness(left: Uint8Array, right: Uint8Array): Promise<number> {
  const pixels = await Promise.all(
    [left, right].map(async (bytes) =>
      Float32Array.from(await sharp(bytes).removeAlpha().raw().toBuffer(), (v) => v / 255),
    ),
  );
  return psnr(pixels[0]!, pixels[1]!);
}

describe('the page of the bridge', () => {
  it.each([
    ['a desk', { width: 1280, height: 800 }],
    ['a phone', { width: 360, height: 740 }],
  ])('gives a newcomer at %s the zip of ten photographs, one of them broken', async (_where, viewport) => {
    const photographs = await tenPhotographs();
    const driver = await WebPageDriver.open(browser, url, viewport);
    await driver.drop(photographs);
    await driver.settled(10);
    expect(await driver.text('progress-text')).toBe('9 of 10 ready, 1 could not be fixed');
    const { name, bytes } = await driver.download('#download-all');
    expect(name).toBe('evenlight.zip');
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toHaveLength(9);
    expect(Object.keys(files)).toContain('deep-fixed.tif');
    expect(await driver.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);

    // The browser's own pixels are those of the bridge, but for the second compression.
    const turned = files['turned-fixed.jpg'] ?? new Uint8Array();
    expect(await nearness(turned, await overHttp(photographs[7]!))).toBeGreaterThan(38);
    const { orientation, icc, width, height } = await sharp(turned).metadata();
    const original = await sharp(photographs[7]).metadata();
    expect({ orientation, width, height }).toEqual({ orientation: 6, width: original.width, height: original.height });
    expect(icc?.equals(original.icc ?? Buffer.alloc(0))).toBe(true);

    await driver.page.locator('.thumb[data-state=failed]').click();
    expect(await driver.text('verdict')).toContain('The file is damaged.');
    const refused = driver.complaints.filter((text) => !text.includes('422'));
    expect(refused).toEqual([]);
  });

  it('has noise cleaned by the bridge, and says that the preview shows the exposure alone', async () => {
    const night = join(await temporaryFolder(), 'night.png');
    const noise = { type: 'gaussian', mean: 30, sigma: 6 } as const;
    const create = { width: 200, height: 120, channels: 3, background: 'black', noise } as const;
    await sharp({ create }).png().toFile(night);
    const driver = await WebPageDriver.open(browser, url);
    await driver.drop([night]);
    await driver.settled(1);
    await driver.page.locator('#ev').fill('2');
    expect(await driver.page.locator('#restore-note').isVisible()).toBe(false);
    await driver.page.selectOption('#restore', 'amount');
    await driver.page.locator('#luminance').fill('80');
    await driver.page.locator('#color').fill('60');
    expect([await driver.text('luminance-value'), await driver.text('color-value')]).toEqual(['80 %', '60 %']);
    expect(await driver.text('restore-note')).toContain('The preview shows the exposure alone.');
    const { bytes } = await driver.download('#download');
    const [cleaned, plain] = await Promise.all([overHttp(night, '?ev=2&restore=80,60'), overHttp(night, '?ev=2')]);
    expect(await nearness(bytes, cleaned)).toBe(Infinity);
    expect(await nearness(bytes, plain)).toBeLessThan(45);
    expect(driver.complaints).toEqual([]);
  });

  it('shows strength and exposure live, and downloads one photograph by keyboard alone', async () => {
    const driver = await WebPageDriver.open(browser, url);
    await driver.drop([join(IMAGES, 'astronaut-under.jpg')]);
    await driver.settled(1);
    expect(await driver.text('verdict')).toMatch(/EV brighter/);
    await driver.page.focus('#strength');
    await driver.page.keyboard.press('Home');
    await driver.page.locator('#verdict', { hasText: 'nothing to change' }).waitFor();
    await driver.page.keyboard.press('End');
    await driver.page.focus('#ev');
    await driver.page.keyboard.press('ArrowRight');
    expect(await driver.text('ev-value')).toBe('+0.1 EV');
    await driver.page.focus('#stage');
    await driver.page.keyboard.press('1');
    await driver.page.keyboard.press('0');
    await driver.page.focus('#download');
    const [download] = await Promise.all([driver.page.waitForEvent('download'), driver.page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('astronaut-under-fixed.jpg');
  });

  it('asks for a token, and remembers it for the session alone', async () => {
    const guarded = startBridge([], { EVENLIGHT_TOKEN: TOKEN });
    onTestFinished(() => end(guarded));
    const driver = await WebPageDriver.open(browser, (await guarded.listening()).url);
    await driver.page.fill('#token', 'a wrong one');
    await driver.page.keyboard.press('Enter');
    await driver.page.locator('#token-error', { hasText: 'does not know this token' }).waitFor();
    await driver.page.fill('#token', TOKEN);
    await driver.page.keyboard.press('Enter');
    await driver.page.locator('#link-state[data-state=open]').waitFor();
    expect(await driver.page.evaluate('JSON.stringify([localStorage.length, document.cookie])')).toBe('[0,""]');
    await driver.drop([join(IMAGES, 'kitten.jpg')]);
    await driver.settled(1);
    await driver.page.reload();
    await driver.page.locator('#link-state[data-state=open]').waitFor();
    // A shared token makes nobody an administrator.
    expect(await driver.page.locator('#admin-open').isVisible()).toBe(false);
  });

  it('goes on when the bridge has been started anew', async () => {
    const first = startBridge();
    const { port, url: address } = await first.listening();
    const driver = await WebPageDriver.open(browser, address);
    await driver.page.locator('#link-state[data-state=open]').waitFor();
    await end(first);
    await driver.page.locator('#link-state[data-state=lost]').waitFor();
    await driver.drop([join(IMAGES, 'rocket.jpg')]);
    const second = startBridge(['--port', String(port)]);
    onTestFinished(() => end(second));
    await second.listening();
    await driver.settled(1);
    expect(await driver.text('progress-text')).toBe('1 of 1 ready');
  });
});
