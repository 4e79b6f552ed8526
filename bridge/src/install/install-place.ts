import { join } from 'node:path';

/** Where the user's settings lie, and how the command is started. */
export interface InstallPlace {
  /** Of settings: `~/.config`. */
  readonly configFolder: string;
  /** Of applications: `~/.local/share`. */
  readonly shareFolder: string;
  /** A program and its arguments; the photograph's path comes last. */
  readonly editCommand: readonly string[];
}

/** The folders that freedesktop.org's Base Directory Specification names. */
export function installPlace(
  env: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
  editCommand: readonly string[],
): InstallPlace {
  const folder = (name: string, preset: string): string => {
    const set = env[name];
    return set === undefined || set === '' ? join(homeFolder, preset) : set;
  };
  return {
    configFolder: folder('XDG_CONFIG_HOME', '.config'),
    shareFolder: folder('XDG_DATA_HOME', '.local/share'),
    editCommand,
  };
}

/** A word as POSIX shells read it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
