import type { Socket } from 'node:net';

/**
 * Waits for a connection's first bytes, so that a socket that says nothing costs no TLS and no HTTP parser. The bytes are
 * left for the next reader. A peer that ends before it has said anything is cut off.
 *
 * @param next called once, unless the socket closes
 */
export function awaitFirstBytes(socket: Socket, next: () => void): void {
  const end = (): void => {
    socket.destroy();
  };
  socket.once('end', end);
  socket.once('data', (data: Buffer) => {
    socket.off('end', end);
    handOver(socket, data, next);
  });
}

/** Gives a socket that was read to its next reader, with what that has to read again. */
export function handOver(socket: Socket, unread: Buffer, next: () => void): void {
  socket.pause();
  if (unread.length > 0) socket.unshift(unread);
  next();
  // TLS has taken the bytes over by then; HTTP needs the stream to flow again.
  process.nextTick(() => socket.resume());
}
