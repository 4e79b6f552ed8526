import { exactArguments, exactCurrentFolder } from '@evenlight/runtime';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import { CommandLineError, parseOrExit, runCommand } from '../command-line.ts';
import { type FixOptions, parseFixOptions } from '../fix/fix-options.ts';
import { createJsonReporter, createTextReporter, type FixReporter } from '../fix/fix-report.ts';
import { EXIT, runFix } from '../fix/run-fix.ts';
import { fixStreams, streamReporter, usesStreams } from '../fix/stream-fix.ts';
import { startFixer } from './start-fixer.ts';

/* `evenlight fix`, also `npm run fix --`: puts the parts together. */

export const run = (args: readonly string[]): Promise<void> => runCommand(() => main(exactArguments(args)));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() => parseFixOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }));
  const { signal, exitCode } = cancelOnSignals();
  const fix = (all: FixOptions, reporter: FixReporter): Promise<number> =>
    runFix(all, { reporter, signal, startFixer: (photoCount) => startFixer(options, signal, photoCount) });
  const code = usesStreams(options)
    ? await fixInPipe(options, fix)
    : await fix(options, options.json ? createJsonReporter(process) : createTextReporter(process, options.baseFolder));
  return code === EXIT.cancelled ? exitCode() : code;
}

async function fixInPipe(
  options: FixOptions,
  fix: (options: FixOptions, reporter: FixReporter) => Promise<number>,
): Promise<number> {
  const reporter = options.json ? createJsonReporter(process) : createTextReporter(process, options.baseFolder);
  try {
    return await fixStreams(options, process, (all) => fix(all, streamReporter(reporter, process.stderr)));
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}
