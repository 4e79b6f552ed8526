import { exactArguments, exactCurrentFolder } from '@evenlight/runtime';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import { parseOrExit, runCommand } from '../command-line.ts';
import { parseEditOptions } from '../fix/edit-options.ts';
import { createJsonReporter, createTextReporter } from '../fix/fix-report.ts';
import { EXIT, runFix } from '../fix/run-fix.ts';
import { startFixer } from './start-fixer.ts';

/* `evenlight edit`: fixes files in place. */

export const run = (args: readonly string[]): Promise<void> => runCommand(() => main(exactArguments(args)));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() => parseEditOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }));
  const { signal, exitCode } = cancelOnSignals();
  const reporter = options.json ? createJsonReporter(process) : createTextReporter(process, options.baseFolder);
  const code = await runFix(options, {
    reporter,
    signal,
    startFixer: (photoCount) => startFixer(options, signal, photoCount),
  });
  return code === EXIT.cancelled ? exitCode() : code;
}
