import process from 'node:process';
import type { Command } from 'commander';
import { RuntimeError, startFolder } from '@evenlight/runtime';
import { TrainerError } from '../errors.ts';

/** Runs a command line; an expected error is one line on standard error and exit code 1. */
export async function runCommand(command: Command): Promise<void> {
  process.chdir(startFolder(command.name(), process.env, process.cwd()));
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof TrainerError || error instanceof RuntimeError)) throw error;
    console.error(`${command.name()}: ${error.message}`);
    process.exitCode = 1;
  }
}
