import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const MAC_APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Flags for a headless run in a container: no sandbox, no GPU, and no traffic of the browser's own. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of the browser for the browser tests: `EVENLIGHT_CHROMIUM`, else the first one found; undefined if none. */
export function findChromium(): string | undefined {
  const named = process.env['EVENLIGHT_CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const installed = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...(named ? [named] : []), ...installed, ...MAC_APPLICATIONS].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
