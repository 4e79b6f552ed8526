/**
 * Pictures of the panel: the built plugin in Chromium, over the stand-in for Photoshop, with real bridges behind it. Look at them
 * afterwards.
 *
 *     npm run screenshots               those in plugin/README.md
 *     npm run screenshots -- FOLDER [STATE …]
 *                                       every state, or those named, at both widths, in all themes and languages, into a folder of
 *                                       yours; ends with texts that are cut off or hard to see
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { PanelStage } from './fakes/plugin/panel-stage.ts';
import type { HostTheme } from './fakes/spectrum/host-theme.ts';
import { PANEL_STATES, startState, type PanelStateName } from './fixtures/plugin/panel-states.ts';

const README = fileURLToPath(new URL('../plugin/screenshots/', import.meta.url));
const WIDTHS = [230, 400] as const;
const THEMES: readonly HostTheme[] = ['darkest', 'dark', 'light', 'lightest'];

interface Shots {
  readonly folder: string;
  readonly states: readonly PanelStateName[];
  readonly themes: readonly HostTheme[];
  readonly locales: readonly string[];
}

const [folder, ...named] = process.argv.slice(2);
const unknown = named.filter((name) => !PANEL_STATES.some((state) => state === name));
if (unknown.length > 0)
  throw new Error(`no state is called ${unknown.join(', ')}; there is ${PANEL_STATES.join(', ')}`);
const wanted: Shots =
  folder === undefined
    ? { folder: README, states: ['fixed', 'batch', 'advanced'], themes: ['dark', 'light'], locales: ['en_US'] }
    : {
        folder,
        states: PANEL_STATES.filter((state) => named.length === 0 || named.includes(state)),
        themes: THEMES,
        locales: ['en_US', 'de_DE'],
      };

const stage = await PanelStage.start();
const problems: string[] = [];
try {
  await mkdir(wanted.folder, { recursive: true });
  for (const state of wanted.states) {
    for (const locale of wanted.locales) await shoot(state, locale);
  }
} finally {
  await stage.close();
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** A state once, then in every theme and width: what is shown does not depend on them. */
async function shoot(state: PanelStateName, locale: string): Promise<void> {
  const panel = await startState(stage, state, locale);
  // Nothing that a click has left behind: no mark of the pointer.
  await panel.page.mouse.move(0, 0);
  for (const theme of wanted.themes) {
    await panel.dress(theme);
    for (const width of WIDTHS) {
      await panel.page.setViewportSize({ width, height: 400 });
      const height = await panel.neededHeight();
      await panel.page.setViewportSize({ width, height });
      const name = [state, theme, width, ...(wanted.locales.length > 1 ? [locale.slice(0, 2)] : [])].join('-');
      const cutOff = (await panel.textsCutOff()).map((text) => `cut off: ${text}`);
      problems.push(...[...cutOff, ...(await panel.lowContrast())].map((problem) => `${name}: ${problem}`));
      const png = await panel.page.screenshot({ caret: 'hide' });
      await sharp(png)
        .png({ palette: true, effort: 4 })
        .toFile(path.join(wanted.folder, `${name}.png`));
      console.log(`${name}.png`);
    }
  }
  await panel.close();
}
