import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of the user that freedesktop.org's Base Directory Specification names: the value of its variable, else the default in
 * the home folder. An empty variable counts as unset. (The package `env-paths` adds a suffix to each folder and reads no other
 * variables.)
 */
export function baseFolder(
  env: Readonly<Record<string, string | undefined>>,
  variable: 'XDG_CACHE_HOME' | 'XDG_CONFIG_HOME' | 'XDG_DATA_HOME',
  preset: string,
  home = homedir(),
): string {
  const set = env[variable];
  return set === undefined || set === '' ? join(home, preset) : set;
}
