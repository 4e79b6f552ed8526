import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { SUBPROTOCOL } from '@evenlight/protocol';
import { onTestFinished } from 'vitest';

/** A TCP connection that says what a test wants and keeps its side open, whatever the other side does. */
export async function openSocket(port: number, text = '', localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, localAddress });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  socket.resume();
  if (text !== '') socket.write(text);
  return socket;
}

/** Resolves when the other side has cut the connection. */
export function isCut(socket: Socket): Promise<true> {
  // Half open, a socket that has got a FIN closes only when something that is written to it fails.
  const poke = setInterval(() => socket.write('x'), 20);
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearInterval(poke);
      resolve(true);
    });
  });
}

/** The headers of an upgrade that a bridge takes. */
export function upgradeHeaders(port: number): readonly string[] {
  return [
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
  ];
}

export function upgradeRequest(port: number, path = '/'): string {
  return [`GET ${path} HTTP/1.1`, ...upgradeHeaders(port), '', ''].join('\r\n');
}
