import { runInstall } from '../install/run-install.ts';

/* `evenlight install`. */

export function run(args: readonly string[]): Promise<void> {
  return runInstall(args, 'installed');
}
