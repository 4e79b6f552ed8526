import process from 'node:process';
import type { Command } from 'commander';
import { TrainerError } from '../errors.ts';

/** Runs a command line; an expected error is one line on standard error and exit code 1. */
export async function runCommand(command: Command): Promise<void> {
  const origin = process.env['INIT_CWD'];
  if (origin !== undefined) process.chdir(origin);
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof TrainerError)) throw error;
    console.error(`${command.name()}: ${error.message}`);
    process.exitCode = 1;
  }
}
