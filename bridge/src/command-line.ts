import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { CodedError, messageOf } from '@evenlight/models';
import { keepCompiledCode } from '@evenlight/runtime';
import { SOFTWARE_VERSION } from './software-version.ts';

/* Shared by the commands: reads arguments, and reports those that cannot be understood. */

/** The command line cannot be understood, or help was asked for (`exitCode` 0). The message is what to show. */
export class CommandLineError extends CodedError<'USAGE' | 'HELP'> {
  override readonly name = 'CommandLineError';
  readonly exitCode: 0 | 2;

  constructor(text: string, exitCode: 0 | 2) {
    super(exitCode === 0 ? 'HELP' : 'USAGE', text);
    this.exitCode = exitCode;
  }
}

/**
 * Reads the arguments after a command's name.
 *
 * @throws CommandLineError
 */
export function parseArguments(command: Command, args: readonly string[]): void {
  const texts: string[] = [];
  const show = (text: string): void => void texts.push(text);
  command
    .version(SOFTWARE_VERSION)
    .exitOverride()
    .showHelpAfterError(`(evenlight ${command.name()} --help lists the options)`)
    .configureOutput({ writeOut: show, writeErr: show })
    .configureHelp({ commandUsage: () => `evenlight ${command.name()} ${command.usage()}` });
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new CommandLineError(texts.join('').trim() || error.message, error.exitCode === 0 ? 0 : 2);
  }
}

/**
 * Runs a command's part that reads its arguments; if they cannot be read, shows why and ends the process, with 2, or with 0
 * where help was asked for.
 */
export function parseOrExit<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    (error.exitCode === 0 ? process.stdout : process.stderr).write(`${error.message}\n`);
    process.exit(error.exitCode);
  }
}

/**
 * Runs a command and uses its return value as the exit code. An unexpected error gives one line and exit code 1; the stack
 * is shown if `EVENLIGHT_DEBUG` is set.
 */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  dropOutputNobodyReads(process);
  try {
    process.exitCode = await run();
    keepCompiledCode();
  } catch (error) {
    const text = error instanceof Error && process.env['EVENLIGHT_DEBUG'] !== undefined ? error.stack : undefined;
    process.stderr.write(`error: unexpected: ${text ?? messageOf(error).replaceAll(/\s*\n\s*/g, ' ')}\n`);
    process.exitCode = 1;
  }
}

/**
 * When the reader of the output ends (`evenlight fix … | head -1`), the work goes on and later output is dropped.
 */
function dropOutputNobodyReads({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** For an option that takes a whole number. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${lowest} to ${highest}.`);
  };
}
