import { decodeUtf8, encodeUtf8 } from '@evenlight/plugin/src/encoding/utf8.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const text = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })), { maxLength: 40 })
  .map((points) => String.fromCodePoint(...points));

describe('UTF-8', () => {
  it("is Node's, there and back", () => {
    fc.assert(
      fc.property(text, (characters) => {
        expect(Buffer.from(characters).equals(encodeUtf8(characters))).toBe(true);
        expect(decodeUtf8(Buffer.from(characters))).toBe(characters);
      }),
    );
  });

  it('replaces half a surrogate pair', () => {
    expect(Array.from(encodeUtf8('a\ud83d'))).toEqual([0x61, 0xef, 0xbf, 0xbd]);
  });

  it('refuses bytes that are none', () => {
    expect(() => decodeUtf8(new Uint8Array([0xc3]))).toThrow(URIError);
  });
});
