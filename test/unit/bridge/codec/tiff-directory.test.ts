import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import {
  numberOf,
  readTiff,
  type TiffEntry,
  writeDirectory,
  writeExifBlock,
} from '@evenlight/bridge/src/codec/tiff-directory.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

describe('readTiff', () => {
  it('reads a big-endian directory into little-endian values', async () => {
    const file = hex(`
      4D4D 002A 0000 0008
      0003
      0112 0003 00000001 0006 0000
      011A 0005 00000001 00000032
      8298 0002 00000003 41 42 00 00
      00000000
      0000012C 00000001`);
    const { littleEndian, bigTiff, directories } = await readTiff(bytesOf(file));
    const entries = directories[0] ?? [];
    expect({ littleEndian, bigTiff, count: entries.length }).toEqual({ littleEndian: false, bigTiff: false, count: 3 });
    expect(numberOf(entries, 0x112)).toBe(6);
    expect(numberOf(entries, 0x11a)).toBe(300);
    expect(entries[2]?.value).toEqual(hex('41 42 00'));
  });

  it('reads BigTIFF', async () => {
    const file = hex(`
      4949 2B00 0800 0000 1000000000000000
      0200000000000000
      1201 0300 0100000000000000 0300000000000000
      8701 0200 0400000000000000 4162630000000000
      0000000000000000`);
    const { bigTiff, directories } = await readTiff(bytesOf(file));
    expect(bigTiff).toBe(true);
    expect(numberOf(directories[0] ?? [], 0x112)).toBe(3);
    expect(directories[0]?.[1]?.value).toEqual(hex('41626300'));
  });

  it('stops at a chain that bites its tail', async () => {
    const file = hex('4949 2A00 08000000 0100 1201 0300 01000000 01000000 08000000');
    expect((await readTiff(bytesOf(file))).directories).toHaveLength(1);
  });

  it.each([
    ['another byte order', '4142 2A00 08000000', /byte order is "AB"/],
    ['another version', '4949 2B2B 08000000', /version is 11051/],
    ['a directory beyond the end', '4949 2A00 FF000000', /offset 255/],
    ['a value beyond the end', '4949 2A00 08000000 0100 1201 0200 10000000 00010000 00000000', /offset 256/],
    ['too many entries', '4949 2A00 08000000 FFFF', /65535 entries/],
  ])('rejects %s', async (_what, bytes, message) => {
    await expect(readTiff(bytesOf(hex(bytes)))).rejects.toThrow(message);
  });

  it('never does anything but return or throw a RangeError on random bytes', async () => {
    const start = fc.constantFrom('49492A0008000000', '4D4D002A00000008', '49492B00080000001000000000000000');
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        const file = Uint8Array.from([...hex(head), ...tail]);
        await readTiff(bytesOf(file)).catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
      }),
    );
  });
});

const TYPES = [
  { type: 1, size: 1 },
  { type: 2, size: 1 },
  { type: 3, size: 2 },
  { type: 4, size: 4 },
  { type: 5, size: 8 },
  { type: 7, size: 1 },
  { type: 12, size: 8 },
];

describe('writeDirectory', () => {
  const value = fc
    .tuple(fc.constantFrom(...TYPES), fc.integer({ min: 1, max: 9 }))
    .chain(([{ type, size }, count]) =>
      fc
        .uint8Array({ minLength: size * count, maxLength: size * count })
        .map((bytes) => ({ type, count, value: bytes })),
    );
  const directory = fc
    .uniqueArray(fc.integer({ min: 256, max: 34000 }), { minLength: 1, maxLength: 6 })
    .chain((tags) => fc.tuple(...tags.sort((a, b) => a - b).map((tag) => value.map((rest) => ({ tag, ...rest })))));

  it('gives back what was written, with directories inside directories', async () => {
    await fc.assert(
      fc.asyncProperty(directory, directory, directory, async (first, exif, interoperability) => {
        const pointer = { type: 4, count: 1, value: new Uint8Array(4) };
        const entries: TiffEntry[] = [
          ...first,
          {
            ...{ tag: 34665, ...pointer },
            directory: [...exif, { tag: 40965, ...pointer, directory: interoperability }],
          },
        ];
        const { directories } = await readTiff(bytesOf(writeExifBlock(entries)));
        expect(directories[0]).toEqual(entries);
      }),
      { numRuns: 30 },
    );
  });

  it('writes at an offset, with values at even offsets', () => {
    const ascii = (tag: number, text: string): TiffEntry => {
      return { tag, type: 2, count: text.length, value: new TextEncoder().encode(text) };
    };
    expect(Buffer.from(writeDirectory([ascii(271, 'Canon'), ascii(270, 'a boat')], 100)).toString('hex')).toBe(
      ['0200', '0e01', '0200', '06000000', '82000000', '0f01', '0200', '05000000', '88000000', '00000000']
        .concat(['6120626f6174', '43616e6f6e'])
        .join(''),
    );
  });
});
