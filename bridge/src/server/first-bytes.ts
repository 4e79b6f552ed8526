import type { Socket } from 'node:net';

export interface FirstBytesReader<Read> {
  /**
   * Is shown all that has come so far.
   *
   * @returns what was read, and how many of the bytes belong to it; undefined while more must come
   */
  readonly read: (bytes: Buffer) => (Read & { readonly sizeBytes: number }) | undefined;
  /** Is called once, unless the socket closes or `read` throws. */
  readonly next: (read: Read) => void;
  /** Is told what `read` has thrown. */
  readonly fail: (error: unknown) => void;
}

/**
 * Reads the first bytes of a connection and leaves those that do not belong to them for the next reader. A peer that ends
 * before they are complete is cut off.
 */
export function readFirstBytes<Read>(socket: Socket, { read, next, fail }: FirstBytesReader<Read>): void {
  let bytes: Buffer = Buffer.alloc(0);
  const end = (): void => {
    socket.destroy();
  };
  const take = (data: Buffer): void => {
    bytes = bytes.length === 0 ? data : Buffer.concat([bytes, data]);
    try {
      const first = read(bytes);
      if (first === undefined) return;
      socket.off('data', take).off('end', end);
      handOver(socket, bytes.subarray(first.sizeBytes), () => {
        next(first);
      });
    } catch (error) {
      socket.off('data', take).off('end', end);
      fail(error);
    }
  };
  socket.on('data', take).on('end', end);
}

/**
 * Waits for a connection's first bytes and leaves them all: a socket that says nothing then costs no TLS and no HTTP parser.
 *
 * @param next called once, unless the socket closes
 */
export function awaitFirstBytes(socket: Socket, next: () => void): void {
  const fail = (): void => undefined;
  readFirstBytes(socket, { read: () => ({ sizeBytes: 0 }), next, fail });
}

/** Gives a socket that was read to its next reader, with what that has to read again. */
function handOver(socket: Socket, unread: Buffer, next: () => void): void {
  socket.pause();
  if (unread.length > 0) socket.unshift(unread);
  next();
  // TLS has taken the bytes over by then; HTTP needs the stream to flow again.
  process.nextTick(() => socket.resume());
}
