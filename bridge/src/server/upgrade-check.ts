import type { IncomingHttpHeaders } from 'node:http';
import { SUBPROTOCOL } from '@evenlight/protocol';
import { isLoopback } from './loopback.ts';

/** How a request is refused: status and one line for people. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 503;
  readonly reason: string;
}

export interface AccessRules {
  readonly host: string;
  readonly hasToken: boolean;
  /** A reverse proxy is meant to stand before the bridge, and keeps strangers out. */
  readonly behindProxy: boolean;
  /** The path below which the bridge also answers, for proxies that leave it in the address. */
  readonly pathPrefix: string;
  readonly allowedOrigins: readonly string[];
}

/** Origins that only browsers send: pages, sandboxed frames and opaque documents ("null"), extensions. */
const WEB_ORIGIN = /^(https?:|null$|[a-z-]*-extension:|about:|blob:|data:)/;

/** Headers that reverse proxies add. A proxy's requests come from this computer and use its name, whoever the client is. */
const PROXY_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
] as const;

/** The name in a `Host` header, without port and brackets. */
function hostName(header: string): string {
  return header
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

export function hasProxyHeaders(headers: IncomingHttpHeaders): boolean {
  return PROXY_HEADERS.some((header) => headers[header] !== undefined);
}

/** SPEC.md HS4. With a token this is not needed: a page that reaches the bridge under another name does not have the token. */
export function checkHost(headers: IncomingHttpHeaders, rules: AccessRules): Refusal | undefined {
  if (rules.hasToken || rules.behindProxy) return undefined;
  if (hasProxyHeaders(headers)) {
    return { status: 403, reason: 'a reverse proxy stands before this bridge, which has no token; see --behind-proxy' };
  }
  const name = hostName(headers.host ?? '');
  if (isLoopback(name) || name === rules.host.toLowerCase()) return undefined;
  return { status: 403, reason: 'this bridge answers only to names of this computer (Host header)' };
}

/** The page that this bridge serves: it was loaded from the very name and port that it asks now. */
function isOwnPage(origin: string, host: string | undefined): boolean {
  return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** SPEC.md HS3. */
export function checkOrigin(headers: IncomingHttpHeaders, rules: AccessRules): Refusal | undefined {
  const origin = headers.origin?.toLowerCase();
  if (origin === undefined || !WEB_ORIGIN.test(origin) || rules.allowedOrigins.includes(origin)) return undefined;
  if (isOwnPage(origin, headers.host)) return undefined;
  return { status: 403, reason: 'web pages may not use this bridge (Origin header); see --allow-origin' };
}

function checkTarget(target: string, { pathPrefix }: AccessRules): Refusal | undefined {
  if (target.includes('?'))
    return { status: 400, reason: 'an address with a query is refused: tokens do not belong there' };
  const isHere = target === '/' || (pathPrefix !== '' && (target === pathPrefix || target === `${pathPrefix}/`));
  return isHere ? undefined : { status: 404, reason: `the bridge is at ${pathPrefix === '' ? '/' : pathPrefix}` };
}

function checkSubprotocol(headers: IncomingHttpHeaders): Refusal | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (offered.includes(SUBPROTOCOL)) return undefined;
  return { status: 400, reason: `this is an Evenlight bridge: it speaks the sub-protocol ${SUBPROTOCOL}` };
}

/** SPEC.md HS1, HS3, HS4, HS5: `undefined` lets the upgrade through. */
export function checkUpgrade(
  request: { readonly url?: string | undefined; readonly headers: IncomingHttpHeaders },
  rules: AccessRules,
): Refusal | undefined {
  return (
    checkHost(request.headers, rules) ??
    checkOrigin(request.headers, rules) ??
    checkTarget(request.url ?? '/', rules) ??
    checkSubprotocol(request.headers)
  );
}
