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
  readonly allowedOrigins: readonly string[];
}

/** Origins that only browsers send: pages, sandboxed frames and opaque documents ("null"), extensions. */
const WEB_ORIGIN = /^(https?:|null$|[a-z-]*-extension:|about:|blob:|data:)/;

/** The name in a `Host` header, without port and brackets. */
function hostName(header: string): string {
  return header
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

/** SPEC.md HS4. With a token, a page that reaches the bridge under another name has no use for it. */
export function checkHost(headers: IncomingHttpHeaders, rules: AccessRules): Refusal | undefined {
  if (rules.hasToken) return undefined;
  const name = hostName(headers.host ?? '');
  if (isLoopback(name) || name === rules.host.toLowerCase()) return undefined;
  return { status: 403, reason: 'this bridge answers only to names of this computer (Host header)' };
}

function checkOrigin(headers: IncomingHttpHeaders, rules: AccessRules): Refusal | undefined {
  const origin = headers.origin?.toLowerCase();
  if (origin === undefined || !WEB_ORIGIN.test(origin) || rules.allowedOrigins.includes(origin)) return undefined;
  return { status: 403, reason: 'web pages may not use this bridge (Origin header); see --allow-origin' };
}

function checkTarget(target: string): Refusal | undefined {
  if (target.includes('?'))
    return { status: 400, reason: 'an address with a query is refused: tokens do not belong there' };
  return target === '/' ? undefined : { status: 404, reason: 'the bridge is at /' };
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
    checkTarget(request.url ?? '/') ??
    checkSubprotocol(request.headers)
  );
}
