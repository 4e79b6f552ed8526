/** Variables that a child process does not need, and that others could read in its environment. */
const SECRETS = /TOKEN|SECRET|PASSWORD|CREDENTIAL/i;

/** The environment of a process that runs the network: this process' own without secrets, plus what that process needs. */
export function childEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const kept = Object.entries(own).filter(([name]) => !SECRETS.test(name));
  return { ...Object.fromEntries(kept), ...added };
}
