import { encodeBase64 } from '@evenlight/plugin/src/host/base64.ts';
import { decodeUtf8, encodeUtf8 } from '@evenlight/plugin/src/host/utf8.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('base64', () => {
  it("is Node's", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
    const long = new Uint8Array(20_000).map((_, i) => i * 7);
    expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'));
  });
});

describe('UTF-8', () => {
  it("is Node's, there and back", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(Buffer.from(text).equals(encodeUtf8(text))).toBe(true);
        expect(decodeUtf8(Buffer.from(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('replaces half a surrogate pair', () => {
    expect(Array.from(encodeUtf8('a\ud83d'))).toEqual([0x61, 0xef, 0xbf, 0xbd]);
  });
});
