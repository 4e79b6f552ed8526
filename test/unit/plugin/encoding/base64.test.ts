import { base64Steps, bytesSteps, decodeBase64, encodeBase64 } from '@evenlight/plugin/src/encoding/base64.ts';
import fc from 'fast-check';
import { inPieces } from '@evenlight/test/fixtures/in-pieces.ts';
import { describe, expect, it } from 'vitest';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('base64', () => {
  // RFC 4648, section 10.
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of %j is %j', (text, base64) => {
    expect(encodeBase64(ascii(text))).toBe(base64);
    expect(decodeBase64(base64)).toEqual(ascii(text));
  });

  it('is what Node makes of any bytes, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  it('is not confused by its own parts', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => (i * 31) % 256);
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });

  it('is written and read in pieces, so that others get their turn', () => {
    const bytes = Uint8Array.from({ length: 786_431 }, (_, i) => (i * 31) % 256);
    const text = Buffer.from(bytes).toString('base64');
    expect(inPieces(base64Steps(bytes))).toEqual({ pieces: 17, result: text });
    const read = inPieces(bytesSteps(text));
    expect(read.pieces).toBe(17);
    expect(Buffer.from(read.result).equals(bytes)).toBe(true);
  });

  it.each(['Zg', 'Zg=', 'Z===', 'Zm9v!mFy', 'Zm9é'])('refuses %j', (text) => {
    expect(() => decodeBase64(text)).toThrow(RangeError);
  });
});
