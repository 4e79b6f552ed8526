import { IccBytes } from '@evenlight/models/src/color/icc-bytes.ts';
import { readIccDescription } from '@evenlight/models/src/color/icc-description.ts';
import { describe, expect, it } from 'vitest';
import { ascii, element, localizedDescription } from './make-icc-profile.ts';

/** A description of version 2 that ends with its text. */
function bareDescription(text: string): Uint8Array {
  return element('desc', Math.max(28, 12 + text.length), (view, bytes) => {
    view.setUint32(8, text.length);
    bytes.set(ascii(text), 12);
  });
}

/** What is read of a tag that lies behind `before` other bytes, at the very end of the profile but for `after` bytes. */
function read(tag: Uint8Array, { before = 5, after = 0 } = {}): string {
  const bytes = new Uint8Array(before + tag.length + Math.max(0, after));
  bytes.set(tag, before);
  return readIccDescription(new IccBytes(after < 0 ? bytes.slice(0, after) : bytes), before);
}

describe("a profile's name", () => {
  for (const [version, make] of [
    ['version 2', bareDescription],
    ['version 4', localizedDescription],
  ] as const) {
    it(`may be the last bytes of the profile: ${version}`, () => {
      expect(read(make('Scanner of the archive'))).toBe('Scanner of the archive');
      expect(read(make('Scanner of the archive'), { before: 200, after: 40 })).toBe('Scanner of the archive');
    });

    it(`is empty where a single byte is cut off: ${version}`, () => {
      expect(read(make('Scanner of the archive'), { after: -1 })).toBe('');
    });

    it(`ends after 200 characters, and before a NUL: ${version}`, () => {
      expect(read(make('x'.repeat(200)))).toHaveLength(200);
      expect(read(make('x'.repeat(201)))).toHaveLength(200);
      expect(read(make('Scanner\0of the archive'))).toBe('Scanner');
      expect(read(make('\0Scanner of the archive'))).toBe('');
    });

    it(`has no control characters, and no blanks around it: ${version}`, () => {
      expect(read(make(' \tScanner\u0001 of\u001f the archive \n'))).toBe('Scanner of the archive');
    });
  }

  it('may have 16 characters in 28 bytes, the least that a description takes', () => {
    expect(read(bareDescription('A name, as short'))).toBe('A name, as short');
    expect(read(bareDescription('A name, as short').subarray(0, 27))).toBe('');
    expect(read(localizedDescription(''))).toBe('');
    expect(read(new Uint8Array(2))).toBe('');
  });

  it('is empty without a record, and for another type of tag', () => {
    const none = localizedDescription('Scanner');
    new DataView(none.buffer).setUint32(8, 0);
    expect(read(none)).toBe('');
    const text = bareDescription('Scanner of the archive');
    text.set(ascii('text'));
    expect(read(text)).toBe('');
  });
});
