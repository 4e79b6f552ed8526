import type { Socket } from 'node:net';

/**
 * Reads the first bytes of a connection and leaves those that do not belong to them for the next reader. A peer that ends
 * before they are complete is cut off.
 *
 * @param read is shown all that has come so far; returns what it has read and how many bytes that took, undefined while more must
 *   come. Where nothing good can come any more it destroys the socket
 * @param next called once, unless the socket closes
 */
export function readFirstBytes<Read>(
  socket: Socket,
  read: (bytes: Buffer) => (Read & { readonly sizeBytes: number }) | undefined,
  next: (read: Read) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const end = (): void => {
    socket.destroy();
  };
  const take = (data: Buffer): void => {
    bytes = bytes.length === 0 ? data : Buffer.concat([bytes, data]);
    const first = read(bytes);
    if (first === undefined) return;
    socket.off('data', take).off('end', end);
    handOver(socket, bytes.subarray(first.sizeBytes), () => {
      next(first);
    });
  };
  socket.on('data', take).on('end', end);
}

/**
 * Waits for a connection's first bytes and leaves them all: a socket that says nothing then costs no TLS and no HTTP parser.
 *
 * @param next called once, unless the socket closes
 */
export function awaitFirstBytes(socket: Socket, next: () => void): void {
  readFirstBytes(socket, () => ({ sizeBytes: 0 }), next);
}

/** Gives a socket that was read to its next reader, with what that has to read again. */
function handOver(socket: Socket, unread: Buffer, next: () => void): void {
  socket.pause();
  if (unread.length > 0) socket.unshift(unread);
  next();
  // TLS has taken the bytes over by then; HTTP needs the stream to flow again.
  process.nextTick(() => socket.resume());
}
