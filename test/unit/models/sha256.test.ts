import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '@evenlight/models';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('sha256Hex', () => {
  // FIPS 180-4's examples (csrc.nist.gov, "SHA256.pdf") and the long one of FIPS 180-2, B.3.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('gives the standard value of %j', (text, expected) => {
    expect(sha256Hex(ascii(text))).toBe(expected);
  });

  it('gives the standard value of a million times "a"', () => {
    const bytes = new Uint8Array(1_000_000).fill(0x61);
    expect(sha256Hex(bytes)).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
  });

  it('agrees with Node at every length around the block size', () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 151 + 7) % 256);
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length);
      expect(sha256Hex(part), `${length} bytes`).toBe(createHash('sha256').update(part).digest('hex'));
    }
  });
});
