/** `npm run screenshots [SCENE …]`: the panel's pictures in plugin/README.md, with real bridges behind it. Look at them afterwards. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { PanelDriver } from './fakes/plugin/panel-driver.ts';
import { PanelStage } from './fakes/plugin/panel-stage.ts';
import type { HostTheme } from './fakes/spectrum/host-theme.ts';

const OUT = fileURLToPath(new URL('../plugin/screenshots/', import.meta.url));
const photo = (name: string): string => fileURLToPath(new URL(`fixtures/images/${name}`, import.meta.url));

const WIDTHS = [230, 400] as const;
const THEMES: readonly HostTheme[] = ['dark', 'light'];

type Width = (typeof WIDTHS)[number];

/** Addresses of two bridges. */
interface Bridges {
  readonly open: string;
  /** Asks for a token. */
  readonly locked: string;
}

interface Scene {
  readonly height: Readonly<Record<Width, number>>;
  /** Leaves the panel as it is to be seen. */
  readonly play: (panel: PanelDriver, bridges: Bridges) => Promise<void>;
}

/** What is on the pictures. */
const SCENES: Readonly<Record<string, Scene>> = {
  photo: {
    height: { 230: 660, 400: 780 },
    async play(panel, bridges) {
      await panel.openPhoto('coffee.jpg', photo('coffee-under.jpg'));
      await panel.openPanel();
      await panel.useBridge(bridges.open);
      await panel.press('Fix exposure');
      await panel.see(/^Corrected/);
      await panel.page.locator('.ev-preview-image[src]').waitFor();
    },
  },
  batch: {
    height: { 230: 540, 400: 540 },
    async play(panel, bridges) {
      const files = ['rocket.jpg', 'astronaut-under.jpg', 'chelsea-over.jpg', 'kitten.jpg', 'coffee-under.jpg'];
      for (const file of files) await panel.openPhoto(file, photo(file), 400);
      await panel.openPanel();
      await panel.useBridge(bridges.open);
      await panel.press('Batch');
      await panel.press('Fix 5 documents');
      await panel.see(/\d corrected, /);
    },
  },
  settings: {
    height: { 230: 880, 400: 800 },
    async play(panel, bridges) {
      await panel.openPanel();
      await panel.useBridge(bridges.locked, 'The Evenlight server rejects the access code.');
      await panel.press('Settings');
      await panel.press('Test connection');
      await panel.see('This server asks for an access code. The person who runs it can give it to you.');
      await panel.see('Web view: in use');
    },
  },
};

async function shoot(stage: PanelStage, bridges: Bridges, shot: { scene: string; width: Width; theme: HostTheme }) {
  const { scene, width, theme } = shot;
  const { height, play } = SCENES[scene]!;
  const panel = await stage.startPanel({ width, theme, height: height[width], scale: 2, hasWebviews: true });
  await play(panel, bridges);
  // Nothing that a click has left behind: no mark of the pointer, no blinking cursor.
  await panel.page.mouse.move(0, 0);
  const png = await panel.page.screenshot({ caret: 'hide' });
  await panel.close();
  await sharp(png).png({ palette: true, effort: 10 }).toFile(`${OUT}${scene}-${theme}-${width}.png`);
  console.log(`plugin/screenshots/${scene}-${theme}-${width}.png`);
}

const stage = await PanelStage.start();
try {
  await mkdir(OUT, { recursive: true });
  const open = await stage.startBridge();
  const wanted = process.argv.slice(2);
  for (const scene of Object.keys(SCENES).filter((name) => wanted.length === 0 || wanted.includes(name))) {
    for (const theme of THEMES) {
      for (const width of WIDTHS) {
        // One for each picture: a bridge lets those wait who come without the right token again and again.
        const locked = await stage.startBridge([], { EVENLIGHT_TOKEN: 'a-token-for-the-picture' });
        await shoot(stage, { open, locked }, { scene, width, theme });
      }
    }
  }
} finally {
  await stage.close();
}
