import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { SUBPROTOCOL } from '@evenlight/protocol';
import { WebSocketServer } from 'ws';
import { expect, it, onTestFinished } from 'vitest';

/** RFC 6455, 5.2: two bytes, the length of 126 to 65,535 bytes in two more, the mask. */
const MASK_AT = 4;

/** The mask of the first frame, a hello of more than 125 bytes, that a client sends to this host. */
async function maskOfHello(host: string): Promise<Buffer> {
  const server = createServer();
  onTestFinished(() => void server.close());
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  server.listen(0);
  await once(server, 'listening');
  const upgrading = once(server, 'upgrade');
  const connecting = connectBridge(`ws://${host}:${(server.address() as AddressInfo).port}`);
  connecting.catch(() => undefined);
  const [request, socket, head] = (await upgrading) as [Parameters<typeof webSockets.handleUpgrade>[0], Duplex, Buffer];
  webSockets.handleUpgrade(request, socket, head, () => undefined);
  const [frame] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  await expect(connecting).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  expect([frame[0], frame[1]]).toEqual([0x81, 0xfe]);
  return frame.subarray(MASK_AT, MASK_AT + 4);
}

it('masks with zeros on loopback, where no proxy reads what is sent', async () => {
  expect([...(await maskOfHello('127.0.0.1'))]).toEqual([0, 0, 0, 0]);
});

it('masks at random elsewhere', async () => {
  // Connects to this computer on Linux, and is no loopback address.
  expect((await maskOfHello('0.0.0.0')).readUInt32BE()).not.toBe(0);
});
