import { setTimeout } from 'node:timers/promises';
import { exactArguments, exactCurrentFolder } from '@evenlight/runtime';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import { parseOrExit, runCommand } from '../command-line.ts';
import { createJsonReporter, createTextReporter } from '../fix/fix-report.ts';
import type { PhotoFixer } from '../fix/photo-fixer.ts';
import { runFix } from '../fix/run-fix.ts';
import { watchFolder } from '../fix/watch-folder.ts';
import { parseWatchOptions } from '../fix/watch-options.ts';
import { startFixer } from './start-fixer.ts';

/* `evenlight watch`: fixes what arrives in a folder. */

export const run = (args: readonly string[]): Promise<void> => runCommand(() => main(exactArguments(args)));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() => parseWatchOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }));
  const { signal } = cancelOnSignals();
  const { json, baseFolder } = options.fix;
  const reporter = json ? createJsonReporter(process) : createTextReporter(process, baseFolder);
  let fixer: PhotoFixer | undefined;
  // One for all runs: each run closes the fixer that it was given.
  const shared = async (): Promise<PhotoFixer> => {
    fixer ??= await startFixer(options.fix, signal);
    return { ...fixer, close: () => Promise.resolve() };
  };
  try {
    await watchFolder(options, {
      reporter,
      signal,
      fix: (fix, to) => runFix(fix, { reporter: to, signal, startFixer: shared }),
      wait: (milliseconds) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
    });
  } finally {
    await fixer?.close();
  }
  return 0;
}
