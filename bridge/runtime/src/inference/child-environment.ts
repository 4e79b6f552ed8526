/** Variables that a child process does not need, and that must not be seen by others who can inspect it. */
const SECRETS = /TOKEN|SECRET|PASSWORD|CREDENTIAL/i;

/** The environment for a process that runs the network: this one's without secrets, and what it needs of its own. */
export function childEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const kept = Object.entries(own).filter(([name]) => !SECRETS.test(name));
  return { ...Object.fromEntries(kept), ...added };
}
