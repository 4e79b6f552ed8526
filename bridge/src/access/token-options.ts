import { join, resolve } from 'node:path';
import { baseFolder, startFolder } from '@evenlight/runtime';
import { Argument, Command, Option } from 'commander';
import { CommandLineError, parseArguments } from '../command-line.ts';
import { type Role, ROLES } from './access-control.ts';

const ACTIONS = ['add', 'list', 'revoke'] as const;

/** What `evenlight token` was asked to do. */
export interface TokenCommandOptions {
  readonly action: (typeof ACTIONS)[number];
  /** The user to add; the user or the token's id to revoke. */
  readonly name: string;
  readonly role: Role;
  readonly file: string;
  readonly json: boolean;
}

/** The default file of tokens. */
function defaultTokensFile(env: Readonly<Record<string, string | undefined>>): string {
  return join(baseFolder(env, 'XDG_CONFIG_HOME', '.config'), 'evenlight', 'tokens.json');
}

/**
 * Reads the arguments after `token`.
 *
 * @param env `EVENLIGHT_TOKENS`, `XDG_CONFIG_HOME`, and npm's `INIT_CWD`, from which relative paths start
 * @throws CommandLineError
 */
export function parseTokenOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): TokenCommandOptions {
  const command = new Command('token')
    .description("Makes, lists and revokes the tokens of a bridge's users.")
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[name]', 'add: the user; revoke: the user, or the id of one token')
    .option('--file <file>', `the tokens (default: EVENLIGHT_TOKENS, or ${defaultTokensFile(env)})`)
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).default('user'))
    .option('--json', 'machine-readable lines');
  parseArguments(command, args);
  const [typed, name = ''] = command.args;
  // Commander has refused every other one.
  const action = ACTIONS.find((candidate) => candidate === typed) ?? 'list';
  const raw = command.opts<{ readonly file?: string; readonly role: Role; readonly json?: boolean }>();
  if (action !== 'list' && name === '') throw new CommandLineError(`error: token ${action} needs a name`, 2);
  const named = raw.file ?? (env['EVENLIGHT_TOKENS'] === '' ? undefined : env['EVENLIGHT_TOKENS']);
  const file = named === undefined ? defaultTokensFile(env) : resolve(startFolder('token', env, '.'), named);
  return { action, name, role: raw.role, file, json: raw.json ?? false };
}
