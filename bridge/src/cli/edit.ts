import { exactArguments, exactCurrentFolder } from '@evenlight/runtime';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import { parseOrExit, runCommand } from '../command-line.ts';
import { parseEditOptions } from '../fix/edit-options.ts';
import { createJsonReporter, createTextReporter } from '../fix/fix-report.ts';
import { EXIT, runFix } from '../fix/run-fix.ts';
import { startFixer } from './start-fixer.ts';

/* `evenlight edit`: fixes files in place. */

await runCommand(async () => {
  const args = exactArguments(process.argv.slice(2));
  const options = parseOrExit(() => parseEditOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }));
  const { signal, exitCode } = cancelOnSignals();
  const reporter = options.json ? createJsonReporter(process) : createTextReporter(process, options.baseFolder);
  const code = await runFix(options, { reporter, signal, startFixer: () => startFixer(options, signal) });
  return code === EXIT.cancelled ? exitCode() : code;
});
