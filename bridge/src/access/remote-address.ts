import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An address as it stands in the log: an IPv4 address that came over an IPv6 socket is an IPv4 address. */
export function plainAddress(address: string | undefined): string {
  return MAPPED_IPV4.exec(address ?? '')?.[1] ?? address ?? 'unknown';
}

/**
 * What counts as one sender when addresses are limited: the address itself, and of IPv6 the first 64 bits, for a provider
 * gives each customer that many addresses to choose from.
 */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const words = [...first, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...last];
  return `${words
    .slice(0, 4)
    .map((word) => Number.parseInt(word, 16).toString(16))
    .join(':')}::/64`;
}
