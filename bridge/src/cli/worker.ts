import { exactArguments, exactCurrentFolder } from '@evenlight/runtime';
import { parseWorkerOptions } from '../batch/batch-options.ts';
import { runPhotoWorker } from '../batch/photo-worker.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import { parseOrExit, runCommand } from '../command-line.ts';
import { createJsonReporter, createTextReporter, type FixReporter } from '../fix/fix-report.ts';
import { startFixer } from './start-fixer.ts';

/* `evenlight worker`: fixes photographs of a queue. The first signal lets it finish what it has, the second one does not. */

export const run = (args: readonly string[]): Promise<void> => runCommand(() => main(exactArguments(args)));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() =>
    parseWorkerOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }),
  );
  const { signal } = cancelOnSignals();
  const { json } = options.fix;
  const lines = json ? createJsonReporter(process) : createTextReporter(process, options.root);
  const reporter: FixReporter = { ...lines, start: () => undefined, progress: () => undefined };
  try {
    const fixer = await startFixer(options.fix, new AbortController().signal);
    try {
      if (json) process.stdout.write(`${JSON.stringify({ type: 'ready', pid: process.pid, jobs: options.jobs })}\n`);
      await runPhotoWorker(options, { fixer, reporter, signal });
    } finally {
      await fixer.close();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    process.stderr.write(`error: ${error.message} (${String(error.code)})\n`);
    return 1;
  }
}
