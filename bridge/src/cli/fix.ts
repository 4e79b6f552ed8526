import { availableParallelism } from 'node:os';
import { DEFAULT_MODEL } from '@evenlight/models';
import { exactArguments, exactCurrentFolder } from '@evenlight/runtime';
import { ExposureService } from '../service/exposure-service.ts';
import { connectBridge } from '../client/connect-bridge.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import { CommandLineError, parseOrExit, runCommand } from '../command-line.ts';
import { type FixOptions, parseFixOptions } from '../fix/fix-options.ts';
import { createJsonReporter, createTextReporter, type FixReporter } from '../fix/fix-report.ts';
import { createBridgeFixer } from '../fix/bridge-fixer.ts';
import { createLocalFixer } from '../fix/local-fixer.ts';
import type { PhotoFixer } from '../fix/photo-fixer.ts';
import { EXIT, runFix } from '../fix/run-fix.ts';
import { fixStreams, streamReporter, usesStreams } from '../fix/stream-fix.ts';

/* `evenlight fix`, also `npm run fix --`: puts the parts together. */

/** A thread costs 30 to 50 MB; with more of them, reading and writing the file take longer than correcting it. */
const MAX_APPLY_THREADS = 3;

await runCommand(() => main(exactArguments(process.argv.slice(2))));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() => parseFixOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }));
  const { signal, exitCode } = cancelOnSignals();
  const fix = (all: FixOptions, reporter: FixReporter): Promise<number> =>
    runFix(all, { reporter, signal, startFixer: () => startFixer(options, signal) });
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

async function startFixer(options: FixOptions, signal: AbortSignal): Promise<PhotoFixer> {
  const { model = DEFAULT_MODEL, runtime, modelsFolder, bridgeUrl, token } = options;
  if (bridgeUrl !== undefined) return createBridgeFixer(() => connectBridge(bridgeUrl, { token, signal }));
  const service = await ExposureService.start({
    models: [model],
    runtime,
    applyThreads: Math.min(availableParallelism(), MAX_APPLY_THREADS),
    ...(modelsFolder !== undefined && { modelsFolder }),
  });
  return createLocalFixer(service);
}
