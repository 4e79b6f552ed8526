import { rowsPerStrip, StripAssembler } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

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
    });
    fc.assert(
      fc.property(shape, ({ rowBytes, height, stripRows, cuts }) => {
        const image = Uint8Array.from({ length: rowBytes * height }, (_, index) => index % 251);
        const assembler = new StripAssembler({ rowBytes, height }, stripRows);
        const strips = [];
        for (let at = 0, cut = 0; at < image.length; cut++) {
          const size = cuts[cut % cuts.length]!;
          strips.push(...assembler.push(image.subarray(at, at + size)));
          at += size;
        }
        expect(strips.map((strip) => strip.firstRow)).toEqual(strips.map((_, index) => index * stripRows));
        expect(strips.flatMap((strip) => [...strip.bytes])).toEqual([...image]);
        for (const strip of strips) {
          expect(strip.bytes.length).toBe(strip.rowCount * rowBytes);
          expect(strip.bytes.buffer.byteLength).toBe(strip.bytes.length);
        }
      }),
    );
  });

  it('are filled into the memory of those that are not needed any more', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 5 }, 2);
    const [first] = assembler.push(Uint8Array.of(1, 2, 3, 4));
    // Neither a part of a buffer nor one of another length can be a strip.
    assembler.reuse(new Uint8Array(8).subarray(0, 4));
    assembler.reuse(new Uint8Array(2));
    assembler.reuse(first!.bytes);
    const [second] = assembler.push(Uint8Array.of(5, 6, 7, 8));
    expect(second?.bytes).toEqual(Uint8Array.of(5, 6, 7, 8));
    expect(second?.bytes.buffer).not.toBe(first?.bytes.buffer);
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
    expect(buffers.size).toBe(2);
  });

  it('refuses bytes beyond the image', () => {
    const assembler = new StripAssembler({ rowBytes: 2, height: 1 }, 1);
    expect(() => assembler.push(new Uint8Array(3))).toThrow('more bytes than the image has');
  });
});
