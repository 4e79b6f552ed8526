import { isIPv4, isIPv6 } from 'node:net';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '::1', '0:0:0:0:0:0:0:1']);

/** Whether only this computer can reach the address, or the name means that. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return LOOPBACK_NAMES.has(name) || (isIPv4(name) && name.startsWith('127.'));
}

/** A host as it stands in a URL. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
