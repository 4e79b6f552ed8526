import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../run/chromium.ts';

/** For whatever should come: it ends a wait that would last for ever, and is no measure of speed. */
const PATIENCE_MS = 240_000;

/** Chromium for the page that the bridge serves. */
export function launchWebBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium; npm test puts one in place');
  return chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
}

/** The bridge's page in a window of its own. */
export class WebPageDriver {
  readonly page: Page;
  /** What the browser complained about: refused by the page's policy, failed, thrown. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    url: string,
    { width, height }: { width: number; height: number } = { width: 1280, height: 800 },
  ): Promise<WebPageDriver> {
    const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
    onTestFinished(() => context.close());
    const driver = new WebPageDriver(await context.newPage());
    await driver.page.goto(url.replace(/^ws/, 'http'));
    return driver;
  }

  /** Drops files on the page, as a hand does. */
  async drop(files: readonly string[]): Promise<void> {
    const named = await Promise.all(
      files.map(async (file) => [basename(file), (await readFile(file)).toString('base64')] as const),
    );
    const transfer = await this.page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      for (const [name, text] of ${JSON.stringify(named)}) {
        const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      return transfer;
    })()`);
    await this.page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  }

  /** Resolves when every photograph is ready or has failed. */
  async settled(count: number): Promise<void> {
    const done = this.page.locator('.thumb[data-state=ready], .thumb[data-state=failed]');
    await done.nth(count - 1).waitFor();
  }

  /** What a click lets the browser download. */
  async download(button: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.page.click(button)]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  text(id: string): Promise<string> {
    return this.page.locator(`#${id}`).innerText();
  }
}
