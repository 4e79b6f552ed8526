import type { Browser } from 'playwright-core';
import { BridgeProcess } from '../bridge-process.ts';
import { launchPanelBrowser, PanelDriver, type PanelOptions } from './panel-driver.ts';
import { startPanelServer, type PanelServer } from './panel-server.ts';

/** What several panels share: the staged plugin on a server, a browser, and a bridge with the shipped model. */
export class PanelStage {
  readonly server: PanelServer;
  readonly browser: Browser;
  readonly #bridges: BridgeProcess[] = [];

  private constructor(server: PanelServer, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async start(browserFlags: readonly string[] = []): Promise<PanelStage> {
    const [server, browser] = await Promise.all([startPanelServer(), launchPanelBrowser(browserFlags)]);
    return new PanelStage(server, browser);
  }

  /** Starts a bridge that lets the page in; ended with the stage. @returns its address */
  async startBridge(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const own = ['--port', '0', '--runtime', 'wasm', '--allow-origin', this.server.origin, '--json'];
    const bridge = new BridgeProcess([...own, ...flags], env);
    this.#bridges.push(bridge);
    return (await bridge.listening()).url;
  }

  /** A Photoshop of its own with the plugin loaded. */
  startPanel(options: PanelOptions = {}): Promise<PanelDriver> {
    return PanelDriver.start(this.browser, this.server, options);
  }

  async close(): Promise<void> {
    await this.browser.close();
    for (const bridge of this.#bridges) {
      bridge.process.kill();
      await bridge.exited;
    }
    await this.server.close();
  }
}
