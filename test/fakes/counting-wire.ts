import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands between a client and a bridge, passes every byte on, and tells when the bridge has sent so many. */
export async function startWire(
  port: number,
  { afterBytes, then }: { readonly afterBytes: number; readonly then: () => void },
): Promise<string> {
  let sentBytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const bridge = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, bridge],
      [bridge, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
    bridge.on('data', (bytes) => {
      const isReached = sentBytes < afterBytes && sentBytes + bytes.length >= afterBytes;
      sentBytes += bytes.length;
      if (!isReached) return;
      // What comes after finds nothing listening here, as at the bridge.
      server.close();
      then();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
