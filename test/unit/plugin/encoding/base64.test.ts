import { decodeBase64, encodeBase64 } from '@evenlight/plugin/src/encoding/base64.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('base64', () => {
  it("is Node's, there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(encodeBase64(bytes)).toBe(text);
        expect(Buffer.from(bytes).equals(decodeBase64(text))).toBe(true);
      }),
    );
  });

  it('is the same for more than fits into one part', () => {
    const long = new Uint8Array(20_000).map((_, i) => i * 7);
    expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'));
  });

  it.each(['abc', 'ab=c', 'a b=', 'äbcd'])('refuses "%s"', (text) => {
    expect(() => decodeBase64(text)).toThrow(RangeError);
  });
});
