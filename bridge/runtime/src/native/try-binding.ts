import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { RuntimeError } from '../errors.ts';
import { tensorflowEnvironment } from './tensorflow-environment.ts';
import { typescriptLoaderArguments } from '../workers/typescript-loader.ts';
import { runProgram } from './run-program.ts';

const trialResult = z.readonly(z.object({ version: z.string(), device: z.enum(['cpu', 'gpu']) }));

/** The TensorFlow that the trial ran. */
export type BindingTrial = z.infer<typeof trialResult>;

/**
 * Loads native TensorFlow in a process of its own and lets it compute a convolution whose result is known.
 *
 * @throws RuntimeError `SETUP_FAILED`
 */
export async function tryBinding(): Promise<BindingTrial> {
  const program = fileURLToPath(new URL('./trial-run.ts', import.meta.url));
  const { exitCode, stdout, stderr } = await runProgram([process.execPath, ...typescriptLoaderArguments(), program], {
    ...process.env,
    ...tensorflowEnvironment(),
  });
  const lastLine = stdout.trim().split('\n').at(-1) ?? '';
  if (exitCode === 0) return z.parse(trialResult, JSON.parse(lastLine));
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const reason =
    lines.filter((line) => /error|fatal|illegal/i.test(line)).at(-1) ??
    lines.at(-1) ??
    `exit code ${exitCode ?? 'unknown'}`;
  throw new RuntimeError('SETUP_FAILED', `native TensorFlow does not run here: ${reason.trim().slice(0, 300)}`);
}
