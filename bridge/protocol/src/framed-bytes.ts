import { CHUNK_HEADER_BYTES } from './chunk-frame.ts';

/** Memory for `length` bytes with room for a frame's header before them: {@link isFramed} holds. Zeros. */
export function framedBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(CHUNK_HEADER_BYTES + length).subarray(CHUNK_HEADER_BYTES);
}

/**
 * Whether bytes lie as the payload of a frame: in a buffer of their own, with nothing but room for the header before them. Whoever has
 * them to himself may hand the buffer to a thread, or send it as a frame, and need not copy them.
 */
export function isFramed(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  const isWholeFrame = byteOffset === CHUNK_HEADER_BYTES && buffer.byteLength === CHUNK_HEADER_BYTES + length;
  return isWholeFrame && buffer instanceof ArrayBuffer;
}
