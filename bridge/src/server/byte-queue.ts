/** Pieces smaller than this are copied together: each would otherwise keep the whole block alive that it was read in. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Bytes on their way to one reader, who waits when there are none. It takes as much memory as it holds bytes (and one
 * block), in however small pieces they come: 3.8 million one-byte chunks took 500 MB when each was kept by itself.
 */
export class ByteQueue {
  /** Those that have not been read: as few as the stream's window has room for, so `shift` costs nothing. */
  #blocks: Uint8Array[] = [];
  /** The last block's own buffer and how much of it is filled, while there is room. */
  #open: { readonly bytes: Uint8Array; filled: number } | undefined;
  #reader: { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void } | undefined;
  #failure: Error | undefined;

  push(piece: Uint8Array): void {
    if (this.#failure !== undefined || piece.length === 0) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) reader.resolve(piece);
    else if (piece.length >= BLOCK_BYTES) this.#append(piece);
    else this.#copy(piece);
  }

  /** Everything from the first piece that has not been read to the end of its block: one byte or more. */
  next(): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const block = this.#blocks.shift();
    if (block !== undefined) {
      if (this.#blocks.length === 0) this.#open = undefined;
      return Promise.resolve(block);
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Drops the waiting bytes and rejects every present and later reader. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#forgetAll();
    this.#reader?.reject(this.#failure);
    this.#reader = undefined;
  }

  #append(piece: Uint8Array): void {
    this.#open = undefined;
    this.#blocks.push(piece);
  }

  #copy(piece: Uint8Array): void {
    const room = this.#open === undefined ? 0 : this.#open.bytes.length - this.#open.filled;
    if (this.#open === undefined || room < piece.length) {
      this.#open = { bytes: new Uint8Array(BLOCK_BYTES), filled: 0 };
      this.#blocks.push(this.#open.bytes.subarray(0, 0));
    }
    const { bytes, filled } = this.#open;
    bytes.set(piece, filled);
    this.#open.filled += piece.length;
    this.#blocks[this.#blocks.length - 1] = bytes.subarray(0, this.#open.filled);
  }

  #forgetAll(): void {
    this.#blocks = [];
    this.#open = undefined;
  }
}
