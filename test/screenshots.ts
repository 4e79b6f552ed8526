/** `npm run screenshots`: the panel's pictures in plugin/README.md, with a real bridge behind it. Look at them afterwards. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { BridgeProcess } from './fakes/bridge-process.ts';
import { launchPanelBrowser, PanelDriver } from './fakes/plugin/panel-driver.ts';
import type { HostTheme } from './fakes/spectrum/host-theme.ts';
import { startPanelServer, type PanelServer } from './fakes/plugin/panel-server.ts';

const OUT = fileURLToPath(new URL('../plugin/screenshots/', import.meta.url));
const photo = (name: string): string => fileURLToPath(new URL(`fixtures/images/${name}`, import.meta.url));

const WIDTHS = [230, 400] as const;
type Width = (typeof WIDTHS)[number];
const THEMES = ['dark', 'light'] as const;

interface Stage {
  readonly browser: Browser;
  readonly server: PanelServer;
  readonly bridgeUrl: string;
  readonly lockedUrl: string;
}

/** What is on the pictures. Each leaves the panel as it is to be seen. */
const SCENES: Readonly<
  Record<string, { height: Readonly<Record<Width, number>>; play: (panel: PanelDriver, stage: Stage) => Promise<void> }>
> = {
  photo: {
    height: { 230: 620, 400: 740 },
    async play(panel, stage) {
      await panel.openPhoto('coffee.jpg', photo('coffee-under.jpg'));
      await panel.openPanel();
      await connect(panel, stage.bridgeUrl, 'Bridge on this computer');
      await panel.press('Fix exposure');
      await panel.see(/^Fixed/);
      await panel.page.waitForTimeout(400);
    },
  },
  batch: {
    height: { 230: 540, 400: 540 },
    async play(panel, stage) {
      const files = ['rocket.jpg', 'astronaut-under.jpg', 'chelsea-over.jpg', 'kitten.jpg', 'coffee-under.jpg'];
      for (const file of files) await panel.openPhoto(file, photo(file), 400);
      await panel.openPanel();
      await connect(panel, stage.bridgeUrl, 'Bridge on this computer');
      await panel.press('Batch');
      await panel.press('Fix 5 documents');
      await panel.see(/\d fixed, /, 60_000);
    },
  },
  settings: {
    height: { 230: 900, 400: 800 },
    async play(panel, stage) {
      await panel.openPanel();
      await connect(panel, stage.lockedUrl, 'Bridge refused: working in Photoshop');
      await panel.press('Settings');
      await panel.press('Diagnose');
      await panel.see('This bridge asks for a token. Whoever runs it has it.');
    },
  },
};

async function connect(panel: PanelDriver, url: string, until: string): Promise<void> {
  await panel.press('Settings');
  await panel.type(0, url);
  await panel.see(until);
  await panel.press('Photo');
}

async function shoot(
  stage: Stage,
  name: string,
  options: { readonly width: Width; readonly theme: HostTheme },
): Promise<void> {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`there is no scene ${name}`);
  const panel = await PanelDriver.start(stage.browser, stage.server, {
    ...options,
    height: scene.height[options.width],
    scale: 2,
  });
  await scene.play(panel, stage);
  if (panel.errors.length > 0) throw new Error(panel.errors.join('\n'));
  await panel.page.screenshot({ path: `${OUT}${name}-${options.theme}-${options.width}.png` });
  await panel.close();
}

const server = await startPanelServer();
const flags = ['--port', '0', '--runtime', 'wasm', '--allow-origin', server.origin, '--json'];
const bridge = new BridgeProcess(flags);
const locked = new BridgeProcess(flags, { EVENLIGHT_TOKEN: 'a-token-for-the-picture' });
const browser = await launchPanelBrowser();
try {
  await mkdir(OUT, { recursive: true });
  const [bridgeUrl, lockedUrl] = [(await bridge.listening()).url, (await locked.listening()).url];
  for (const name of Object.keys(SCENES)) {
    for (const theme of THEMES) {
      for (const width of WIDTHS) await shoot({ browser, server, bridgeUrl, lockedUrl }, name, { width, theme });
    }
  }
} finally {
  await browser.close();
  bridge.process.kill();
  locked.process.kill();
  await server.close();
}
