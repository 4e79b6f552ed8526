import { spawn } from 'node:child_process';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramResult {
  /** Undefined: the program is not there (or may not be run). */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const OUTPUT_LIMIT_CHARACTERS = 200_000;

/** Runs a program to its end; a program that is not there is a result, not an exception. */
export function runProgram(
  command: readonly [program: string, ...args: string[]],
  environment: Environment,
): Promise<ProgramResult> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-OUTPUT_LIMIT_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_LIMIT_CHARACTERS);
    });
    child.once('error', () => {
      resolve({ exitCode: undefined, stdout, stderr });
    });
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode: exitCode ?? (signal === null ? 0 : 1), stdout, stderr });
    });
  });
}
