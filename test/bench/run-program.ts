import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Sample } from './in-turns.ts';

const TIME = '/usr/bin/time';
const hasTime = existsSync(TIME);

/** What a program wrote to standard output, and what it took. */
export interface ProgramRun extends Sample {
  readonly stdout: string;
}

/**
 * Runs a program to its end. Where GNU time is there, `peakBytes` is the peak memory of its largest process.
 *
 * @throws Error with its last words, where it fails
 */
export async function runProgram(program: string, args: readonly string[], folder: string): Promise<ProgramRun> {
  const [command, ...rest] = [...(hasTime ? [TIME, '-f', 'peak %M'] : []), program, ...args];
  const startMs = performance.now();
  const child = spawn(command ?? program, rest, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const ms = performance.now() - startMs;
  if (code !== 0)
    throw new Error(`${[program, ...args].join(' ')} ended with ${code}: ${(stderr + stdout).slice(-500)}`);
  const peak = /^peak (\d+)$/m.exec(stderr)?.[1];
  return { ms, stdout, ...(peak !== undefined && { peakBytes: Number(peak) * 1024 }) };
}

/** Whether a program of this name can be started. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}
