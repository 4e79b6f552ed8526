import type { Duplex } from 'node:stream';
import type { Refusal } from './upgrade-check.ts';

const RETRY_AFTER_S = 5;
/** How long a refused client has to read the answer and to close; then the bridge closes its socket. */
const LINGER_MS = 1000;

const REASONS: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

/** Answers an upgrade with an HTTP error, and closes the socket whatever the client does. */
export function refuseUpgrade(socket: Duplex, { status, reason }: Refusal): void {
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_S}`] : []),
  ];
  const timer = setTimeout(() => {
    socket.destroy();
  }, LINGER_MS);
  socket.once('close', () => {
    clearTimeout(timer);
  });
  // What the client still sends is thrown away: unread, it would turn the answer into a reset.
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
