import type { ClientRequest, IncomingMessage } from 'node:http';
import { codeOf } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import type { BridgeAddress } from '@evenlight/client';
import type WebSocket from 'ws';

/** Bytes of the body of a refusal that are read: one line for people. */
const MAX_BODY_BYTES = 1024;

/** Certificate errors of node:tls: trying again does not help. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function errorOf(event: unknown): Error | undefined {
  const error = typeof event === 'object' && event !== null && 'error' in event ? event.error : undefined;
  return error instanceof Error ? error : undefined;
}

/** `ECONNREFUSED` and the like; of several attempts (IPv4 and IPv6), the first. */
function firstCodeOf(error: Error): string {
  return codeOf(error instanceof AggregateError ? error.errors[0] : error) ?? '';
}

function explainError(error: Error, { host, port, url }: BridgeAddress): ProtocolError {
  const code = firstCodeOf(error);
  const details = { cause: error };
  if (code === 'ECONNREFUSED') {
    const text = `nothing listens at ${host} port ${port}: is the bridge running?`;
    return new ProtocolError('CONNECTION_REFUSED', text, details);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new ProtocolError('CONNECTION_FAILED', `no computer has the name ${host}`, details);
  }
  if (CERTIFICATE_CODES.has(code)) {
    const text = `the certificate of ${host} is not trusted (${code})`;
    return new ProtocolError('CONNECTION_FAILED', text, { ...details, retriable: false });
  }
  if (code.startsWith('HPE_') || code === 'EPROTO' || error.message.includes('Sec-WebSocket')) {
    return new ProtocolError('NOT_A_BRIDGE', `what listens at ${url} is not a bridge: ${error.message}`, details);
  }
  if (error.message.includes('subprotocol')) {
    return new ProtocolError('NOT_A_BRIDGE', `what listens at ${url} does not speak evenlight.v1`, details);
  }
  return new ProtocolError('CONNECTION_FAILED', `${url} cannot be reached: ${error.message}`, details);
}

function explainRefusal(response: IncomingMessage, body: string, address: BridgeAddress): ProtocolError {
  const httpStatus = response.statusCode ?? 0;
  const line = body.split('\n')[0]?.trim() ?? '';
  const retryAfterS = Number(response.headers['retry-after']);
  return new ProtocolError(
    'UPGRADE_REFUSED',
    `${address.url} answered HTTP ${httpStatus}${line === '' ? '' : `: ${line}`}`,
    {
      httpStatus,
      retriable: httpStatus === 503,
      ...(Number.isFinite(retryAfterS) ? { retryAfterMs: retryAfterS * 1000 } : {}),
    },
  );
}

/**
 * Collects what Node knows about a WebSocket that fails to open, but the standard events do not tell: the system's error
 * code and the HTTP status of a refused upgrade.
 *
 * @returns what to tell the user, given the socket's error event
 */
export function failureExplainer(
  socket: WebSocket,
  address: BridgeAddress,
): (event: unknown) => ProtocolError | undefined {
  let refusal: ProtocolError | undefined;
  socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
    let body = '';
    const finish = (): void => {
      refusal ??= explainRefusal(response, body, address);
      socket.terminate();
    };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
      if (body.length >= MAX_BODY_BYTES) finish();
    });
    response.on('end', finish);
    response.on('error', finish);
  });
  return (event) => {
    const error = errorOf(event);
    return refusal ?? (error === undefined ? undefined : explainError(error, address));
  };
}
