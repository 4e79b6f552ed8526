import { startFolder } from '@evenlight/runtime';
import { Command } from 'commander';
import { parseArguments } from '../command-line.ts';
import { type FixEnvironment, type FixOptions, fixOptions, type RawFixOptions } from './fix-options.ts';
import { JSON_LINES, withCorrectionOptions } from './shared-options.ts';

const HELP = `
Each file is replaced in one step. Set this command as the external editor of a program that gives editors a copy
(Lightroom Classic, Capture One, darktable, RawTherapee). Files that were fixed before stay as they are.`;

/**
 * Reads the arguments after `edit`.
 *
 * @throws CommandLineError
 */
export function parseEditOptions(args: readonly string[], { env, currentFolder }: FixEnvironment): FixOptions {
  const command = withCorrectionOptions(new Command('edit'))
    .description('Fixes the exposure of photographs in place.')
    .argument('<photos...>', 'files')
    .option('--refix', 'also fix files that were fixed before')
    .option(...JSON_LINES)
    .addHelpText('after', HELP);
  parseArguments(command, args);
  const baseFolder = startFolder('edit', env, currentFolder);
  return { ...fixOptions(command.opts<RawFixOptions>(), command.args, { env, baseFolder }), inPlace: true };
}
