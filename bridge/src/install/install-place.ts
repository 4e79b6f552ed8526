import { baseFolder } from '@evenlight/runtime';

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
  return {
    configFolder: baseFolder(env, 'XDG_CONFIG_HOME', '.config', homeFolder),
    shareFolder: baseFolder(env, 'XDG_DATA_HOME', '.local/share', homeFolder),
    editCommand,
  };
}

/** A word as POSIX shells read it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
