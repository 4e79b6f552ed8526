import { upgradeHeaders } from '../fakes/raw-socket.ts';

type Random = () => number;

function handshake(requestLine: string, headers: readonly string[], end = '\r\n\r\n'): string {
  return [requestLine, ...headers].join('\r\n') + end;
}

const REQUEST_LINES = [
  'GET /nowhere HTTP/1.1',
  'GET /?token=x HTTP/1.1',
  'GET //// HTTP/1.1',
  'GET /%00 HTTP/1.1',
  'GET http://127.0.0.1/ HTTP/1.1',
  'POST / HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT 127.0.0.1:1 HTTP/1.1',
  'GET / HTTP/1.0',
  'GET / HTTP/9.9',
  'GET /',
  'PRI * HTTP/2.0',
  'GET /healthz HTTP/1.1',
  'HEAD /readyz HTTP/1.1',
];

const EXTRA_HEADERS = [
  'Origin: https://example.com',
  'Origin: null',
  'Host: evil.example',
  'Content-Length: 5',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
  'Sec-WebSocket-Extensions: ;;;=',
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Protocol: ,,,',
  'X-Forwarded-For: 1.2.3.4, \u202e',
  'X: \u0000',
  ': nothing',
  `X: ${'x'.repeat(9000)}`,
  'Upgrade: h2c',
  'Expect: 100-continue',
];

/** An upgrade with something wrong, or half of one. */
export function mutatedHandshake(port: number, random: Random): string {
  const below = (count: number): number => Math.floor(random() * count);
  const headers = [...upgradeHeaders(port)];
  const line = random() < 0.3 ? REQUEST_LINES[below(REQUEST_LINES.length)]! : 'GET / HTTP/1.1';
  if (random() < 0.5) headers.splice(below(headers.length), 1);
  if (random() < 0.6) headers.splice(below(headers.length), 0, EXTRA_HEADERS[below(EXTRA_HEADERS.length)]!);
  const text = handshake(line, headers);
  const drawn = random();
  if (drawn < 0.2) return text.slice(0, below(text.length));
  if (drawn < 0.5) {
    const at = below(text.length);
    return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
  }
  return text;
}
