import { availableParallelism } from 'node:os';
import { DEFAULT_MODEL } from '@evenlight/models';
import { ExposureService } from '../service/exposure-service.ts';
import { connectBridge } from '../client/connect-bridge.ts';
import { parseOrExit } from '../command-line.ts';
import { removeTemporaryFiles } from '../fix/atomic-file.ts';
import { type FixOptions, parseFixOptions } from '../fix/fix-options.ts';
import { createJsonReporter, createTextReporter } from '../fix/fix-report.ts';
import { createBridgeFixer } from '../fix/bridge-fixer.ts';
import { createLocalFixer } from '../fix/local-fixer.ts';
import type { PhotoFixer } from '../fix/photo-fixer.ts';
import { EXIT, runFix } from '../fix/run-fix.ts';

/* `evenlight fix`, also `npm run fix --`: puts the parts together. */

/** A thread costs 30 to 50 MB; with more of them, reading and writing the file take longer than correcting it. */
const MAX_APPLY_THREADS = 3;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() => parseFixOptions(args, { env: process.env, currentFolder: process.cwd() }));
  const signal = cancelOnSignals();
  const reporter = options.json ? createJsonReporter(process) : createTextReporter(process, options.baseFolder);
  return runFix(options, { reporter, signal, startFixer: () => startFixer(options, signal) });
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

/** The first Ctrl-C stops after cleaning up, the second one at once. */
function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  const cancel = (): void => {
    if (controller.signal.aborted) {
      removeTemporaryFiles();
      process.exit(EXIT.cancelled);
    }
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, cancel);
  return controller.signal;
}
