import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SUBPROTOCOL } from '@evenlight/protocol';
import { WebSocketServer } from 'ws';
import { exampleHello } from '../scripted-bridge.ts';

export interface OddBridgeOptions {
  /** Answers to `/healthz` and `/readyz`. */
  readonly healthStatus?: number;
  readonly readyStatus?: number;
  /** `none`: what answers HTTP knows no WebSockets. */
  readonly greets?: 'hello' | 'newer-version' | 'none';
}

/** A server that is almost a bridge: real sockets, and one thing that is not as it should be. */
export async function startOddBridge({
  healthStatus = 200,
  readyStatus = 200,
  greets = 'hello',
}: OddBridgeOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const body = JSON.stringify({ protocol: { min: 1, max: 1 } });
  const server = createServer(({ url }, response) => {
    response
      .writeHead(url === '/readyz' ? readyStatus : healthStatus, { 'content-type': 'application/json' })
      .end(body);
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  server.on('upgrade', (request, socket, head) => {
    if (greets === 'none') socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    else sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client));
  });
  sockets.on('connection', (client) => {
    client.once('message', () => {
      if (greets === 'hello') {
        client.send(JSON.stringify(exampleHello()));
        return;
      }
      const versions = { client: { min: 1, max: 1 }, server: { min: 7, max: 9 } };
      const message = 'this bridge speaks versions 7 to 9';
      client.send(JSON.stringify({ type: 'error', code: 'VERSION_UNSUPPORTED', message, versions }));
      client.close(4406, 'VERSION_UNSUPPORTED');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
