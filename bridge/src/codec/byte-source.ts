import type { FileHandle } from 'node:fs/promises';

/** Random access to the bytes of a file: metadata can be read without holding the whole photograph in memory. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Reads `length` bytes from `offset`; fewer where the source ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export function bytesOf(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

export async function bytesOfFile(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat();
  return {
    sizeBytes: size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await file.read(bytes, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) return bytes.subarray(0, filled);
        filled += bytesRead;
      }
      return bytes;
    },
  };
}
