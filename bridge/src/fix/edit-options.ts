import { startFolder } from '@evenlight/runtime';
import { Command } from 'commander';
import { parseArguments } from '../command-line.ts';
import { type FixEnvironment, type FixOptions, fixOptions, type RawFixOptions } from './fix-options.ts';
import { JSON_LINES, withCorrectionOptions } from './shared-options.ts';

const HELP = `
The files are replaced, each at once and as a whole: name this command as the external editor of a program that hands out
copies (Lightroom Classic, Capture One, darktable, RawTherapee). What has been fixed before stays as it is.`;

/**
 * Reads the arguments after `edit`.
 *
 * @throws CommandLineError
 */
export function parseEditOptions(args: readonly string[], { env, currentFolder }: FixEnvironment): FixOptions {
  const command = withCorrectionOptions(new Command('edit'))
    .description('Fixes the exposure of photographs in place.')
    .argument('<photos...>', 'files')
    .option('--refix', 'fix again what has been fixed before')
    .option(...JSON_LINES)
    .addHelpText('after', HELP);
  parseArguments(command, args);
  const baseFolder = startFolder('edit', env, currentFolder);
  return { ...fixOptions(command.opts<RawFixOptions>(), command.args, { env, baseFolder }), inPlace: true };
}
