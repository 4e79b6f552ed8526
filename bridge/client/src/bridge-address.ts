import { DEFAULT_BRIDGE_PORT, ProtocolError } from '@evenlight/protocol';

/** Where a bridge is. */
export interface BridgeAddress {
  /** For the WebSocket: `ws://127.0.0.1:8497`, `wss://studio.example/evenlight`. */
  readonly url: string;
  /** For a plain GET that tells whether a bridge is there and ready. */
  readonly healthUrl: string;
  readonly readyUrl: string;
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** This computer. */
  readonly isLoopback: boolean;
}

const SCHEME = /^([a-z]+):\/\//i;
const AUTHORITY =
  /^(?:(?<account>[^/?#]*)@)?(?<host>\[[0-9a-f:.]+\]|[^\s/?#:@[\]]+)(?::(?<port>\d{1,5}))?(?<path>(?:\/[\w.~-]+)*)\/*(?<rest>.*)$/i;

const SECURE_BY_SCHEME: ReadonlyMap<string, boolean> = new Map([
  ['ws', false],
  ['http', false],
  ['wss', true],
  ['https', true],
]);

const SECURE_PORT = 443;

function isLoopbackHost(host: string): boolean {
  return host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Reads an address as people type it: with or without scheme (`ws`, `wss`, `http`, `https`) and port. Without a port it is
 * the bridge's own, or 443 for `wss`. `localhost` becomes 127.0.0.1, which is where the bridge listens and what macOS
 * leaves alone. A path is where a reverse proxy has the bridge.
 *
 * @throws ProtocolError `BAD_ADDRESS`; an account or query is refused, for a token must not be in an address
 */
export function parseBridgeAddress(text: string): BridgeAddress {
  const typed = text.trim();
  const scheme = (SCHEME.exec(typed)?.[1] ?? 'ws').toLowerCase();
  const groups = AUTHORITY.exec(typed.replace(SCHEME, ''))?.groups;
  const fail = (what: string): ProtocolError =>
    new ProtocolError('BAD_ADDRESS', `${what}; an address looks like ws://127.0.0.1:${DEFAULT_BRIDGE_PORT}`);
  if (groups?.['host'] === undefined) throw fail('the address has no host');
  const secure = SECURE_BY_SCHEME.get(scheme);
  if (secure === undefined) throw fail(`the scheme "${scheme}" is not ws or wss`);
  if (groups['account'] !== undefined) throw fail('the address has an account or token in it');
  if (groups['rest'] !== undefined && groups['rest'] !== '')
    throw fail('the address goes on after host, port and path');
  const typedHost = groups['host'].replace(/^\[|\]$/g, '').toLowerCase();
  const host = typedHost === 'localhost' ? '127.0.0.1' : typedHost;
  const port = groups['port'] === undefined ? (secure ? SECURE_PORT : DEFAULT_BRIDGE_PORT) : Number(groups['port']);
  if (port < 1 || port > 65_535) throw fail(`the port ${port} is not between 1 and 65535`);
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const place = `${authority}${groups['path'] ?? ''}`;
  const httpBase = `${secure ? 'https' : 'http'}://${place}`;
  return {
    url: `${secure ? 'wss' : 'ws'}://${place}`,
    healthUrl: `${httpBase}/healthz`,
    readyUrl: `${httpBase}/readyz`,
    secure,
    host,
    port,
    isLoopback: isLoopbackHost(host),
  };
}
