import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type HttpRefusal, refusalOf } from './http-error.ts';

/** How long a refused client may go on sending: unread data would turn the answer into a reset. */
const LINGER_MS = 2000;

const HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Answers with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { ...HEADERS, 'Content-Length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

/** Answers with what went wrong, and takes what the client still sends for a while. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): HttpRefusal {
  const refusal = refusalOf(error);
  if (response.headersSent) {
    // Half a photograph must not look like a whole one.
    response.destroy();
    return refusal;
  }
  const { status, body } = refusal;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    ...HEADERS,
    'Content-Length': Buffer.byteLength(text),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="Evenlight bridge"' } : {}),
    ...(body.retryAfterMs === undefined ? {} : { 'Retry-After': Math.max(1, Math.ceil(body.retryAfterMs / 1000)) }),
  });
  response.write(text);
  if (request.complete) response.end();
  else lingerUntilRead(request, response);
  return refusal;
}

function lingerUntilRead(request: IncomingMessage, response: ServerResponse): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('error', end).resume();
}
