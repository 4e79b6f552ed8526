import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { Argument, Command } from 'commander';
import { parseArguments, parseOrExit } from '../command-line.ts';
import { isExpected } from '../errors.ts';
import { applyEdits, type InstallDirection } from './file-edit.ts';
import { installPlace } from './install-place.ts';
import { PHOTO_PROGRAMS } from './photo-programs.ts';

interface InstallOptions {
  readonly names: readonly string[];
  readonly isDryRun: boolean;
}

/** The file that was started, also through a link of npm's. */
const EVENLIGHT = realpathSync(process.argv[1] ?? '');

const HELP = `
${PHOTO_PROGRAMS.map(({ name, offers }) => `  ${name.padEnd(13)}${offers}`).join('\n')}

In programs with a list of external editors (Lightroom Classic, Capture One), enter this command:
  ${process.execPath} ${EVENLIGHT} edit`;

/** `evenlight install` and `evenlight uninstall`: other programs' settings, changed and changed back. */
export async function runInstall(args: readonly string[], direction: InstallDirection): Promise<void> {
  const { names, isDryRun } = parseOrExit(() => parseInstallOptions(args, direction));
  const place = installPlace(process.env, homedir(), [process.execPath, EVENLIGHT, 'edit']);
  for (const program of PHOTO_PROGRAMS.filter((each) => names.includes(each.name))) {
    const { name, offers } = program;
    try {
      const outcomes = await applyEdits(program.edits(place), direction, { isDryRun });
      for (const { path, what } of outcomes) process.stdout.write(`${isDryRun ? 'would be ' : ''}${what}: ${path}\n`);
      if (direction === 'installed' && !isDryRun)
        process.stdout.write(`${name} offers ${offers} when it is started again\n`);
    } catch (error) {
      if (!isExpected(error)) throw error;
      process.stderr.write(`error: ${name}: ${error.message}\n`);
      process.exitCode = 1;
    }
  }
}

function parseInstallOptions(args: readonly string[], direction: InstallDirection): InstallOptions {
  const isInstall = direction === 'installed';
  const names = PHOTO_PROGRAMS.map(({ name }) => name);
  const command = new Command(isInstall ? 'install' : 'uninstall')
    .description(isInstall ? 'Adds `evenlight edit` to other programs.' : 'Undoes what install has done.')
    .addArgument(new Argument('<programs...>', 'which programs').choices(names))
    .option('--dry-run', 'say which files would be changed, and change none')
    .addHelpText('after', HELP);
  parseArguments(command, args);
  return { names: command.args, isDryRun: command.opts<{ dryRun?: boolean }>().dryRun ?? false };
}
