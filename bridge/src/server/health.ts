import type { IncomingMessage, ServerResponse } from 'node:http';
import { PROTOCOL_VERSIONS, SUBPROTOCOL } from '@evenlight/protocol';
import type { AccessRules } from './upgrade-check.ts';
import { checkHost } from './upgrade-check.ts';

export interface HealthState {
  readonly version: string;
  readonly isReady: boolean;
}

const SOFTWARE = 'evenlight-bridge';

function answer(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text);
}

function pathOf(url: string, { pathPrefix }: AccessRules): string {
  const path = url.split('?')[0] ?? '/';
  const isUnder = pathPrefix !== '' && (path === pathPrefix || path.startsWith(`${pathPrefix}/`));
  return isUnder ? path.slice(pathPrefix.length) || '/' : path;
}

/** Plain HTTP on the bridge's port (SPEC.md HS10): is somebody there, is it a bridge, which versions, does it take jobs? */
export function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  state: HealthState,
  rules: AccessRules,
): void {
  const versions = {
    software: SOFTWARE,
    version: state.version,
    protocol: PROTOCOL_VERSIONS,
    subprotocol: SUBPROTOCOL,
  };
  const path = pathOf(request.url ?? '/', rules);
  const refusal = checkHost(request.headers, rules);
  if (refusal !== undefined) answer(response, refusal.status, { error: refusal.reason });
  else if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, 405, { error: 'GET only' });
  else if (path === '/healthz') answer(response, 200, { status: 'ok', ...versions });
  else if (path === '/readyz') answer(response, state.isReady ? 200 : 503, { ready: state.isReady, ...versions });
  else if (path === '/') answer(response, 426, { error: `WebSocket only, sub-protocol ${SUBPROTOCOL}`, ...versions });
  else answer(response, 404, { error: 'there are /healthz and /readyz' });
}
