import {
  CHUNK_HEADER,
  CHUNK_HEADER_BYTES,
  type Chunk,
  decodeChunk,
  encodeChunk,
  layoutBytes,
  MAX_CHUNK_BYTES,
  ProtocolError,
  type StreamName,
} from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../fixtures/hex.ts';

const FRAME = '02 01 0000 04030201 0d0c0b0a 03000000 aabbcc';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

/** The example with the bytes from an offset on replaced. */
function changed(offset: number, hex: string): Uint8Array {
  const frame = fromHex(FRAME);
  frame.set(fromHex(hex), offset);
  return frame;
}

describe('chunk frames', () => {
  it('[FR1] has a header of 16 bytes without gaps', () => {
    expect(layoutBytes(CHUNK_HEADER)).toBe(16);
    expect(CHUNK_HEADER_BYTES).toBe(16);
  });

  it('[FR1] writes stream, flags, job, sequence and length little endian', () => {
    const payload = Uint8Array.of(0xaa, 0xbb, 0xcc);
    const chunk: Chunk = { stream: 'pixels', jobId: 0x01020304, sequence: 0x0a0b0c0d, last: true, payload };
    expect(toHex(encodeChunk(chunk))).toBe(FRAME.replaceAll(' ', ''));
  });

  it('[FR1] reads the same', () => {
    expect(decodeChunk(fromHex(FRAME))).toEqual({
      stream: 'pixels',
      jobId: 0x01020304,
      sequence: 0x0a0b0c0d,
      last: true,
      payload: Uint8Array.of(0xaa, 0xbb, 0xcc),
    });
  });

  it.each([
    ['proxy', '01'],
    ['pixels', '02'],
    ['correction', '11'],
    ['corrected', '12'],
  ] as const)('[FR1] gives %s the code 0x%s', (stream: StreamName, code) => {
    const frame = encodeChunk({ stream, jobId: 1, sequence: 0, last: false, payload: Uint8Array.of(7) });
    expect(toHex(frame)).toBe(`${code}00000001000000000000000100000007`);
  });

  it('[FR1] gives back any chunk', () => {
    const streams = fc.constantFrom<StreamName>('proxy', 'pixels', 'given', 'correction', 'corrected');
    const u32 = fc.integer({ min: 0, max: 0xffffffff });
    const chunk = fc.record({
      stream: streams,
      jobId: u32.filter((id) => id > 0),
      sequence: u32,
      last: fc.boolean(),
      payload: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    });
    fc.assert(
      fc.property(chunk, (example) => {
        const decoded = decodeChunk(encodeChunk(example));
        expect({ ...decoded, payload: [...decoded.payload] }).toEqual({ ...example, payload: [...example.payload] });
      }),
    );
  });

  it('[FR2] rejects a frame of every length below 17 bytes', () => {
    for (let length = 0; length <= 16; length++) {
      expect(codeOf(() => decodeChunk(fromHex(FRAME).subarray(0, length)))).toBe('BAD_FRAME');
    }
    expect(codeOf(() => decodeChunk(new Uint8Array(16)))).toBe('BAD_FRAME');
  });

  it.each([
    ['a stated length one too large', 12, '04000000'],
    ['a stated length one too small', 12, '02000000'],
    ['a stated length of 4 GiB', 12, 'ffffffff'],
    ['an unknown stream', 0, '04'],
    ['stream 0', 0, '00'],
    ['an unknown flag', 1, '02'],
    ['reserved bits', 2, '0100'],
    ['job id 0', 4, '00000000'],
  ])('[FR2] rejects %s', (_what, offset, hex) => {
    expect(codeOf(() => decodeChunk(changed(offset, hex)))).toBe('BAD_FRAME');
  });

  it('[FR3] takes a payload of exactly the limit and rejects one byte more', () => {
    const frameOf = (bytes: number) =>
      encodeChunk({ stream: 'pixels', jobId: 1, sequence: 0, last: false, payload: new Uint8Array(bytes) });
    expect(decodeChunk(frameOf(1024), 1024).payload.length).toBe(1024);
    expect(codeOf(() => decodeChunk(frameOf(1025), 1024))).toBe('TOO_LARGE');
    expect(decodeChunk(frameOf(MAX_CHUNK_BYTES)).payload.length).toBe(MAX_CHUNK_BYTES);
    expect(codeOf(() => decodeChunk(frameOf(MAX_CHUNK_BYTES + 1)))).toBe('TOO_LARGE');
  });

  it('[FR1] reads a frame that lies anywhere in a larger buffer', () => {
    const buffer = new Uint8Array(64);
    buffer.set(fromHex(FRAME), 5);
    expect([...decodeChunk(buffer.subarray(5, 24)).payload]).toEqual([0xaa, 0xbb, 0xcc]);
  });

  it('[TX5] throws ProtocolError or nothing, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const code = codeOf(() => decodeChunk(bytes));
        expect(['nothing thrown', 'BAD_FRAME', 'TOO_LARGE']).toContain(code);
      }),
      { numRuns: 300 },
    );
  });
});
