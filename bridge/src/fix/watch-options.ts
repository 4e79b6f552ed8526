import { resolve } from 'node:path';
import { startFolder } from '@evenlight/runtime';
import { Command } from 'commander';
import { parseArguments, wholeNumber } from '../command-line.ts';
import { type FixEnvironment, type FixOptions, fixOptions, type RawFixOptions } from './fix-options.ts';
import { KEEP_DATES, RECURSIVE, withCorrectionOptions } from './shared-options.ts';

/** What `evenlight watch` was asked to do. */
export interface WatchOptions {
  readonly fix: FixOptions & { readonly outFolder: string };
  /** Absolute. */
  readonly folder: string;
  /** Time between two looks into the folder. */
  readonly intervalMs: number;
}

const HELP = `
A file is fixed when two looks in a row find it unchanged. If it cannot be fixed, a note in OUT/not-fixed says why; it is tried
again when it changes or when the note is removed. Ctrl-C ends the command; started again, it continues.`;

/**
 * Reads the arguments after `watch`.
 *
 * @throws CommandLineError
 */
export function parseWatchOptions(args: readonly string[], { env, currentFolder }: FixEnvironment): WatchOptions {
  const command = withCorrectionOptions(new Command('watch'))
    .description('Fixes the photographs that arrive in a folder.')
    .argument('<in>', 'the folder to look into')
    .argument('<out>', 'the folder for the results')
    .option('--interval <seconds>', 'time between two looks at the folder', wholeNumber(1, 3600), 2)
    .option(...RECURSIVE)
    .option(...KEEP_DATES)
    .option('--json', 'one line of JSON for each photograph')
    .addHelpText('after', HELP);
  parseArguments(command, args);
  const baseFolder = startFolder('watch', env, currentFolder);
  const [folder = '', out = ''] = command.args.map((path) => resolve(baseFolder, path));
  const raw = command.opts<RawFixOptions & { readonly interval: number }>();
  const fix = fixOptions(raw, [folder], { env, baseFolder });
  return { fix: { ...fix, outFolder: out, skipExisting: true }, folder, intervalMs: raw.interval * 1000 };
}
