import { CHUNK_HEADER_BYTES, framedBytes, isFramed, rowsPerStrip, StripAssembler } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function framedCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const framed = framedBytes(bytes.length);
  framed.set(bytes);
  return framed;
}

describe('strips', () => {
  it('has at least one row, however long rows are', () => {
    expect(rowsPerStrip(100, 1000)).toBe(10);
    expect(rowsPerStrip(101, 1000)).toBe(9);
    expect(rowsPerStrip(4_800_000, 1_048_576)).toBe(1);
  });

  it('[FR7] come out whole, in order and complete, wherever chunks end', () => {
    const shape = fc.record({
      rowBytes: fc.integer({ min: 1, max: 12 }),
      height: fc.integer({ min: 1, max: 20 }),
      stripRows: fc.integer({ min: 1, max: 7 }),
      cuts: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      areFramed: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ rowBytes, height, stripRows, cuts, areFramed }) => {
        const image = Uint8Array.from({ length: rowBytes * height }, (_, index) => index % 251);
        const assembler = new StripAssembler({ rowBytes, height }, stripRows);
        const strips = [];
        for (let at = 0, cut = 0; at < image.length; cut++) {
          const size = cuts[cut % cuts.length]!;
          const chunk = image.subarray(at, at + size);
          strips.push(...assembler.push(areFramed ? framedCopy(chunk) : chunk));
          at += size;
        }
        expect(strips.map((strip) => strip.firstRow)).toEqual(strips.map((_, index) => index * stripRows));
        expect(strips.flatMap((strip) => [...strip.bytes])).toEqual([...image]);
        for (const strip of strips) {
          expect(strip.bytes.length).toBe(strip.rowCount * rowBytes);
          expect(isFramed(strip.bytes)).toBe(true);
        }
      }),
    );
  });

  it('are filled into the memory of those that are not needed any more', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 5 }, 2);
    const [first] = assembler.push(Uint8Array.of(1, 2, 3, 4));
    // Neither bytes that have no room for a header nor those of another length can be a strip.
    assembler.reuse(new Uint8Array(4));
    assembler.reuse(framedBytes(2));
    assembler.reuse(first!.bytes);
    const [second] = assembler.push(Uint8Array.of(5, 6, 7, 8));
    expect(second?.bytes).toEqual(Uint8Array.of(5, 6, 7, 8));
    expect(second?.bytes.buffer).toBe(first?.bytes.buffer);
    const [last] = assembler.push(Uint8Array.of(9, 10));
    expect(last?.bytes).toEqual(Uint8Array.of(9, 10));
  });

  it('take memory once for all of a long picture', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 100 }, 1);
    const buffers = new Set<ArrayBuffer>();
    for (let row = 0; row < 99; row++) {
      const [strip] = assembler.push(Uint8Array.of(row, 1));
      expect(strip?.bytes).toEqual(Uint8Array.of(row, 1));
      buffers.add(strip!.bytes.buffer);
      assembler.reuse(strip!.bytes);
    }
    expect(buffers.size).toBe(1);
  });

  it('are chunks themselves where these are whole strips, without a copy', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 5 }, 2);
    const chunks = [framedCopy(Uint8Array.of(1, 2, 3, 4)), framedCopy(Uint8Array.of(5, 6, 7, 8))];
    const last = framedCopy(Uint8Array.of(9, 10));
    const strips = [...chunks, last].flatMap((chunk) => assembler.push(chunk));
    expect(strips).toEqual([
      { bytes: chunks[0], firstRow: 0, rowCount: 2 },
      { bytes: chunks[1], firstRow: 2, rowCount: 2 },
      { bytes: last, firstRow: 4, rowCount: 1 },
    ]);
    expect(strips.map(({ bytes }) => bytes.buffer)).toEqual([...chunks, last].map(({ buffer }) => buffer));
  });

  it("are plain arrays, also of a chunk in Node's Buffer", () => {
    const chunk = Buffer.from(framedCopy(Uint8Array.of(1, 2)).buffer, CHUNK_HEADER_BYTES);
    const [strip] = new StripAssembler({ rowBytes: 2, height: 1 }, 1).push(chunk);
    expect(strip?.bytes).toStrictEqual(Uint8Array.of(1, 2));
    expect(strip?.bytes.buffer).toBe(chunk.buffer);
  });

  it.each([
    ['a chunk without room for a header', Uint8Array.of(1, 2, 3, 4)],
    ['a part of a larger buffer', Uint8Array.from({ length: 32 }, (_, at) => at - 15).subarray(16, 20)],
  ])('are copies of %s: others may have the rest of its buffer', (_what, chunk) => {
    const [strip] = new StripAssembler({ rowBytes: 2, height: 5 }, 2).push(chunk);
    expect(strip?.bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(strip?.bytes.buffer).not.toBe(chunk.buffer);
  });

  it('keep no memory of chunks that were not copied', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 8 }, 2);
    const [taken] = assembler.push(framedCopy(Uint8Array.of(1, 2, 3, 4)));
    assembler.reuse(taken!.bytes);
    const [copied] = assembler.push(Uint8Array.of(5, 6, 7, 8));
    expect(copied?.bytes.buffer).not.toBe(taken?.bytes.buffer);
    assembler.reuse(copied!.bytes);
    assembler.reuse(taken!.bytes);
    const buffers = [9, 13].map((from) => assembler.push(Uint8Array.of(from, from, from, from))[0]?.bytes.buffer);
    expect(buffers[0]).toBe(copied?.bytes.buffer);
    expect(buffers[1]).not.toBe(taken?.bytes.buffer);
  });

  it('refuses bytes beyond the image', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 1 }, 1);
    expect(() => assembler.push(new Uint8Array(3))).toThrow('more bytes than the image has');
  });
});
