import { networkInterfaces } from 'node:os';

/** Addresses that mean "all of this computer's". */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The URLs under which other computers find a server that listens at all addresses; its own URL when it listens at one.
 */
export function reachableUrls(server: {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}): string[] {
  if (!WILDCARDS.has(server.host)) return [server.url];
  const scheme = server.url.split(':')[0] ?? 'ws';
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return addresses
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `${scheme}://${address}:${server.port}`);
}
