import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import { BridgeError } from '../errors.ts';
import { plainAddress } from './remote-address.ts';

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reverse proxies whose statement of the client's address is believed. */
export interface TrustedProxies {
  readonly isEmpty: boolean;
  has(address: string): boolean;
}

/**
 * Reads addresses and networks (`10.0.0.0/8`).
 *
 * @throws BridgeError `BAD_INPUT`
 */
export function parseTrustedProxies(texts: readonly string[]): TrustedProxies {
  const networks = texts.map(parseNetwork);
  return {
    isEmpty: networks.length === 0,
    has: (address) => {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
    },
  };
}

function parseNetwork(text: string): Network {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    const example = 'needs an address or a network, such as 10.0.0.2 or 10.0.0.0/8';
    throw new BridgeError('BAD_INPUT', `--trusted-proxy got "${text}", ${example}`, { cause });
  }
}

/**
 * The client's address: the peer's own, unless the peer is trusted. Then the last address of `X-Forwarded-For` that is not a
 * trusted proxy itself: anybody may have written the ones before it.
 */
export function clientAddress(peer: string | undefined, headers: IncomingHttpHeaders, trusted: TrustedProxies): string {
  const own = plainAddress(peer);
  if (!trusted.has(own)) return own;
  const header = headers['x-forwarded-for'];
  const named = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((part) => part.trim());
  for (const address of named.reverse()) {
    const plain = plainAddress(withoutPort(address));
    if (!ipaddr.isValid(plain)) return own;
    if (!trusted.has(plain)) return plain;
  }
  return own;
}

/** Some proxies write the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
