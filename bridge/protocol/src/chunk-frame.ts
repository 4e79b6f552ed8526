import type { FieldsOf } from './byte-layout.ts';
import { layoutBytes, readFields, writeFields } from './byte-layout.ts';
import { ProtocolError } from './errors.ts';
import { MAX_CHUNK_BYTES } from './limits.ts';

/** Header of every binary frame (SPEC.md FR1); the payload follows it and fills the rest of the frame. */
export const CHUNK_HEADER = [
  ['stream', 'u8'],
  ['flags', 'u8'],
  ['reserved', 'u16'],
  ['jobId', 'u32'],
  ['sequence', 'u32'],
  ['payloadBytes', 'u32'],
] as const;

/** 16 bytes, so that a payload of 32-bit samples is aligned in the frame. */
export const CHUNK_HEADER_BYTES = layoutBytes(CHUNK_HEADER);

/** The streams of bytes that a client sends for a job; `given` is its own correction. */
export const UPLOAD_STREAMS = ['proxy', 'pixels', 'given'] as const;
export type UploadStream = (typeof UPLOAD_STREAMS)[number];

/** The streams of bytes that a bridge sends for a job. */
export const DOWNLOAD_STREAMS = ['correction', 'corrected'] as const;
export type DownloadStream = (typeof DOWNLOAD_STREAMS)[number];

export type StreamName = UploadStream | DownloadStream;

/** Below 0x10 from the client to the bridge, from 0x10 on from the bridge to the client. */
const STREAM_CODES: Readonly<Record<StreamName, number>> = {
  proxy: 0x01,
  pixels: 0x02,
  given: 0x03,
  correction: 0x11,
  corrected: 0x12,
};
const STREAMS: readonly StreamName[] = [...UPLOAD_STREAMS, ...DOWNLOAD_STREAMS];

/** Set on the chunk that completes its stream, and on no other. */
const FLAG_LAST = 0x01;

/** One piece of a job's stream. */
export interface Chunk {
  readonly stream: StreamName;
  readonly jobId: number;
  /** Counts the chunks of this stream of this job from 0. */
  readonly sequence: number;
  readonly last: boolean;
  /** A view of the frame's bytes, 1 byte to the receiver's limit. */
  readonly payload: Uint8Array;
}

/**
 * Writes a chunk as one binary frame; the payload is copied.
 *
 * @param frame is written to and returned: header and payload fill it
 */
export function encodeChunk(
  chunk: Chunk,
  frame: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_HEADER_BYTES + chunk.payload.length),
): Uint8Array<ArrayBuffer> {
  writeHeader(chunk, frame);
  frame.set(chunk.payload, CHUNK_HEADER_BYTES);
  return frame;
}

/** Writes the header of a frame whose payload lies behind it already. */
export function writeHeader(chunk: Chunk, frame: Uint8Array<ArrayBuffer>): void {
  writeFields(new DataView(frame.buffer, frame.byteOffset), CHUNK_HEADER, {
    stream: STREAM_CODES[chunk.stream],
    flags: chunk.last ? FLAG_LAST : 0,
    reserved: 0,
    jobId: chunk.jobId,
    sequence: chunk.sequence,
    payloadBytes: chunk.payload.length,
  });
}

function checkHeader(header: FieldsOf<typeof CHUNK_HEADER>, frameBytes: number, maxChunkBytes: number): StreamName {
  const stream = STREAMS.find((name) => STREAM_CODES[name] === header.stream);
  if (stream === undefined) {
    throw new ProtocolError('BAD_FRAME', `frame has stream code ${header.stream}, known are 1, 2, 3, 17 and 18`);
  }
  if ((header.flags & ~FLAG_LAST) !== 0) {
    throw new ProtocolError('BAD_FRAME', `frame has flags ${header.flags}, known is only bit 0`);
  }
  if (header.reserved !== 0) {
    throw new ProtocolError('BAD_FRAME', `frame has ${header.reserved} in its reserved bytes, needs 0`);
  }
  if (header.jobId === 0) throw new ProtocolError('BAD_FRAME', 'frame has job id 0, needs 1 or more');
  const payloadBytes = frameBytes - CHUNK_HEADER_BYTES;
  if (header.payloadBytes !== payloadBytes) {
    throw new ProtocolError(
      'BAD_FRAME',
      `frame states ${header.payloadBytes} bytes of payload and has ${payloadBytes}`,
    );
  }
  if (payloadBytes > maxChunkBytes) {
    throw new ProtocolError('TOO_LARGE', `frame has ${payloadBytes} bytes of payload, the limit is ${maxChunkBytes}`);
  }
  return stream;
}

/**
 * Reads one binary frame. The payload is a view into it, not a copy.
 *
 * @param maxChunkBytes what this side has stated as its limit
 * @throws ProtocolError `BAD_FRAME` (short frame, unknown stream or flag, wrong length), `TOO_LARGE`
 */
export function decodeChunk(frame: Uint8Array, maxChunkBytes: number = MAX_CHUNK_BYTES): Chunk {
  if (frame.length <= CHUNK_HEADER_BYTES) {
    throw new ProtocolError('BAD_FRAME', `frame has ${frame.length} bytes, needs at least ${CHUNK_HEADER_BYTES + 1}`);
  }
  const header = readFields(new DataView(frame.buffer, frame.byteOffset, CHUNK_HEADER_BYTES), CHUNK_HEADER);
  const stream = checkHeader(header, frame.length, maxChunkBytes);
  return {
    stream,
    jobId: header.jobId,
    sequence: header.sequence,
    last: (header.flags & FLAG_LAST) !== 0,
    payload: frame.subarray(CHUNK_HEADER_BYTES),
  };
}
