import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../inference/child-environment.ts';
import { compiledFormOf, START_COMPILED } from './compiled-file.ts';
import { typescriptLoaderArguments } from './typescript-loader.ts';

/**
 * Starts a child process from a TypeScript file, or from its compiled form. It gets no secrets of this process' environment, and
 * talks over an IPC channel that carries typed arrays.
 *
 * @param entry the file: `new URL('./inference-entry.ts', import.meta.url)`
 * @param environment added to this process' own
 * @param pipes descriptors beside those of the output and the IPC channel: the first of them is 4
 */
export function startChild(
  entry: URL,
  { environment = {}, pipes = 0 }: { environment?: Readonly<Record<string, string>>; pipes?: number } = {},
): ChildProcess {
  const compiled = compiledFormOf(entry);
  const [file, args] = compiled === undefined ? [entry, []] : [START_COMPILED, [compiled.folder, compiled.source]];
  return fork(fileURLToPath(file), args, {
    execArgv: compiled === undefined ? typescriptLoaderArguments() : [],
    serialization: 'advanced',
    // The output is piped, never inherited: TensorFlow logs to stderr and some tfjs code to stdout, where the command's own
    // output goes.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', ...Array.from({ length: pipes }, () => 'pipe' as const)],
    // A process group of its own: a signal to the parent's group would end the child while it still loads its signal handlers. It
    // ends with its parent all the same, when the IPC channel closes. On Windows `detached` opens a console window.
    detached: process.platform !== 'win32',
    env: childEnvironment(process.env, environment),
  });
}
