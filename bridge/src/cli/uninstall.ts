import { runInstall } from '../install/run-install.ts';

/* `evenlight uninstall`. */

export function run(args: readonly string[]): Promise<void> {
  return runInstall(args, 'removed');
}
