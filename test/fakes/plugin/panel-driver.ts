import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { HostTheme } from '../spectrum/host-theme.ts';
import type { BootOptions, PanelPageApi, RemotePicture, ShownRung } from '../spectrum/panel-page-api.ts';
import { launchChromium } from './chromium-frame.ts';
import type { PanelServer } from './panel-server.ts';

/** `window` of the panel's page, inside `page.evaluate`. */
declare const window: { readonly evenlight: PanelPageApi };

/** For whatever should come: it ends a wait that would last for ever, and is no measure of speed. */
const PATIENCE_MS = 120_000;

export interface PanelOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: HostTheme;
  readonly locale?: string;
  /** Pixels of the picture for one of the page. */
  readonly scale?: number;
  readonly isMac?: boolean;
  /** As Photoshop 26.1 has them. Default: no, as in 25.1, where the plugin itself must run the network. */
  readonly hasWebviews?: boolean;
  /** What this Photoshop does differently. */
  readonly photoshop?: BootOptions['photoshop'];
}

/**
 * Starts a browser that refuses as little as UXP does: a page's `fetch` asks for CORS headers, which a bridge does not give, and
 * compiles only small WebAssembly files without waiting.
 */
export function launchPanelBrowser(extraFlags: readonly string[] = []): Promise<Browser> {
  const features = '--enable-features=WebAssemblyUnlimitedSyncCompilation';
  return launchChromium(['--disable-web-security', features, ...extraFlags]);
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly profile?: string;
  readonly retouchLayer?: string;
}

/** A Photoshop with the panel in it, in a browser, and hands to use it with. */
export class PanelDriver {
  readonly page: Page;
  readonly #errors: string[] = [];
  readonly #server: PanelServer;

  private constructor(page: Page, server: PanelServer) {
    this.page = page;
    this.#server = server;
    page.on('pageerror', (error) => this.#errors.push(error.stack ?? error.message));
  }

  /** Loads the plugin; nothing is open. */
  static async start(browser: Browser, server: PanelServer, options: PanelOptions = {}): Promise<PanelDriver> {
    const {
      width = 230,
      height = 640,
      theme = 'dark',
      locale,
      scale = 1,
      isMac = false,
      hasWebviews = false,
      photoshop = {},
    } = options;
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    page.setDefaultTimeout(PATIENCE_MS);
    const driver = new PanelDriver(page, server);
    await page.goto(server.origin);
    const boot: BootOptions = {
      ...{ theme, platform: isMac ? 'darwin' : 'win10', hasWebviews, photoshop },
      ...(locale === undefined ? {} : { locale }),
    };
    await page.evaluate((values) => window.evenlight.boot(values), boot);
    return driver;
  }

  /** Opens the panel and, unless told otherwise, reads the introduction. */
  async openPanel({ isIntroRead = true } = {}): Promise<void> {
    await this.page.evaluate(() => window.evenlight.openPanel());
    if (!isIntroRead) return;
    const start = this.page.getByText(/^(Get started|Loslegen)$/).locator('visible=true');
    if ((await start.count()) > 0) await start.first().click();
  }

  /** Opens a picture of the given samples. */
  async open(title: string, samples: Uint8Array | Uint16Array, size: PictureSize): Promise<void> {
    const picture = this.put(title, samples, size);
    await this.page.evaluate((values) => window.evenlight.openPicture(values), picture);
  }

  /** A picture that the page can open. */
  put(title: string, samples: Uint8Array | Uint16Array, size: PictureSize): RemotePicture {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const url = this.#server.put(encodeURIComponent(title), bytes);
    return { title, url, ...size, bits: samples instanceof Uint16Array ? 16 : 8 };
  }

  /** Opens a photograph of 8 bits, made smaller if it is larger than `side`. */
  async openPhoto(title: string, file: string, side = Infinity, more: Pick<PictureSize, 'retouchLayer'> = {}) {
    const image = sharp(file, { failOn: 'error' }).removeAlpha();
    const fitted = side === Infinity ? image : image.resize({ width: side, height: side, fit: 'inside' });
    const { data, info } = await fitted.raw().toBuffer({ resolveWithObject: true });
    await this.open(title, new Uint8Array(data), { width: info.width, height: info.height, ...more });
  }

  /** Presses the button, tab or box that has exactly this text. */
  async press(text: string): Promise<void> {
    await this.page.getByText(text, { exact: true }).locator('visible=true').first().click();
  }

  /** Has the page itself press a button at the moment it shows a text: a hand from outside may come when all is over. */
  async pressOnceSeen(button: string, text: RegExp): Promise<void> {
    await this.page.evaluate(([name, pattern]) => window.evenlight.pressOnceSeen(name, pattern), [
      button,
      anySpace(text).source,
    ] as const);
  }

  async openAdvanced(): Promise<void> {
    await this.press('Settings');
    // The tab is drawn a moment after the click; the arrow says whether its advanced part is open.
    const arrow = this.page.locator('.ev-arrow').locator('visible=true');
    if ((await arrow.textContent()) === '▸') await this.press('Advanced');
  }

  /** Types into the field of this name. */
  async typeInto(name: string, text: string): Promise<void> {
    const field = this.page.locator(`sp-textfield[data-name="${name}"] input`).locator('visible=true').first();
    await field.fill(text);
    await field.press('Enter');
  }

  /** Types a server's address in the advanced settings, waits for a text there, and goes back to the photograph. */
  async useBridge(url: string, until: string | RegExp = 'Connected to the server on this computer.'): Promise<void> {
    await this.openAdvanced();
    await this.typeInto('Server address', url);
    await this.see(until);
    await this.press('Photo');
  }

  /** Takes an item of a drop-down list, named by its label. */
  async choose(label: string, item: string): Promise<void> {
    const list = this.page.locator(`sp-dropdown[data-name="${label}"]`);
    await list.evaluate((element, text) => (element as unknown as { choose(text: string): void }).choose(text), item);
  }

  /** Waits until a text is seen. */
  async see(text: string | RegExp, timeoutMs = PATIENCE_MS): Promise<void> {
    const wanted = typeof text === 'string' ? text : anySpace(text);
    await this.page.getByText(wanted).locator('visible=true').first().waitFor({ timeout: timeoutMs });
  }

  /** All that can be read. */
  async text(): Promise<string> {
    return this.page.locator('.ev-panel').innerText();
  }

  diagnosis(): Promise<readonly ShownRung[]> {
    return this.page.evaluate(() => window.evenlight.diagnosis());
  }

  focusedName(): Promise<string> {
    return this.page.evaluate(() => window.evenlight.focusedName());
  }

  textsCutOff(): Promise<string[]> {
    return this.page.evaluate(() => window.evenlight.textsCutOff());
  }

  /** The panel's height without scrolling. */
  neededHeight(): Promise<number> {
    return this.page.evaluate(() => window.evenlight.neededHeight());
  }

  lowContrast(): Promise<string[]> {
    return this.page.evaluate(() => window.evenlight.lowContrast());
  }

  dress(theme: HostTheme): Promise<void> {
    return this.page.evaluate((wanted) => window.evenlight.dress(wanted), theme);
  }

  record(isOn: boolean): Promise<string[]> {
    return this.page.evaluate((on) => window.evenlight.record(on), isOn);
  }

  playBatch(pictures: readonly RemotePicture[]): Promise<{ readonly before: number; readonly after: number }[]> {
    return this.page.evaluate((files) => window.evenlight.playBatch(files), pictures);
  }

  brightness(title: string): Promise<number> {
    return this.page.evaluate((name) => window.evenlight.brightness(name), title);
  }

  alerts(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.evenlight.alerts());
  }

  async runCommand(id: string): Promise<void> {
    await this.page.evaluate((command) => window.evenlight.runCommand(command), id);
  }

  layers(title: string): Promise<string[]> {
    return this.page.evaluate((name) => window.evenlight.layers(name), title);
  }

  layerKinds(title: string): Promise<string[]> {
    return this.page.evaluate((name) => window.evenlight.layerKinds(name), title);
  }

  activeTitle(): Promise<string | undefined> {
    return this.page.evaluate(() => window.evenlight.activeTitle());
  }

  touch(title: string): Promise<void> {
    return this.page.evaluate((name) => window.evenlight.touch(name), title);
  }

  history(title: string): Promise<string[]> {
    return this.page.evaluate((name) => window.evenlight.history(name), title);
  }

  savedFiles(): Promise<Readonly<Record<string, string | number>>> {
    return this.page.evaluate(() => window.evenlight.savedFiles());
  }

  foreignGlobals(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.evenlight.foreignGlobals());
  }

  async layerPixels(title: string, layer: string): Promise<Buffer> {
    const base64 = await this.page.evaluate(([name, wanted]) => window.evenlight.layerPixels(name, wanted), [
      title,
      layer,
    ] as const);
    return Buffer.from(base64, 'base64');
  }

  /** @throws Error if a script of the page failed and nobody caught it */
  async close(): Promise<void> {
    await this.page.close();
    if (this.#errors.length > 0) throw new Error(`errors in the page:\n${this.#errors.join('\n')}`);
  }
}

/** A space also stands for one at which no line ends. */
function anySpace(text: RegExp): RegExp {
  return new RegExp(text.source.replaceAll(' ', String.raw`\s`), text.flags);
}
