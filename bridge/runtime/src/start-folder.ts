/**
 * The folder that relative paths on a command line start from: the one that the user was in. `npm run fix` changes to the
 * workspace's root and leaves the user's folder in `INIT_CWD`. In all other cases (`npx evenlight fix`, a program that calls
 * it, another package's npm script) the user's folder is the current one, whatever `INIT_CWD` says.
 *
 * @param command the npm script that starts this command: "fix"
 */
export function startFolder(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
  currentFolder: string,
): string {
  const started = env['INIT_CWD'];
  return env['npm_lifecycle_event'] === command && started !== undefined ? started : currentFolder;
}
