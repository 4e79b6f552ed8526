import type { Socket } from 'node:net';
import { readProxyHeader } from '../access/proxy-header.ts';
import { handOver } from './first-bytes.ts';

/**
 * Takes the header of the PROXY protocol off a connection. The TLS or HTTP behind it is left for the next reader.
 *
 * @param next gets the client's address, undefined where the proxy asks for itself; called once, unless the socket closes
 * @throws through `fail`: BridgeError `BAD_INPUT` when something else comes first
 */
export function takeProxyHeader(
  socket: Socket,
  { next, fail }: { readonly next: (address: string | undefined) => void; readonly fail: (error: unknown) => void },
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const take = (data: Buffer): void => {
    bytes = bytes.length === 0 ? data : Buffer.concat([bytes, data]);
    try {
      const header = readProxyHeader(bytes);
      if (header === undefined) return;
      socket.off('data', take);
      handOver(socket, bytes.subarray(header.sizeBytes), () => {
        next(header.address);
      });
    } catch (error) {
      socket.off('data', take);
      fail(error);
    }
  };
  socket.on('data', take);
}
