import { crc32 as zlibCrc32 } from 'node:zlib';
import { crc32 } from '@evenlight/protocol/src/crc32.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('crc32', () => {
  it('[JB13] has the check value of CRC-32', () => {
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it('agrees with zlib for any bytes, also when continued', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (first, second) => {
        expect(crc32(second, crc32(first))).toBe(zlibCrc32(second, zlibCrc32(first)));
      }),
    );
  });
});
