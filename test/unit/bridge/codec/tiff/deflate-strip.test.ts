import { deflateSync, inflateSync } from 'node:zlib';
import { deflateStrip } from '@evenlight/bridge/src/codec/tiff/deflate-strip.ts';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../models/pictures.ts';

const SIZE = 300_000;
const random = randomNumbers(5);

/** What repeats 40 bytes later: no run of one byte, and yet small when repetitions are looked for. */
const pattern = Uint8Array.from({ length: 40 }, () => random() * 256);
const STRIPS: Readonly<Record<string, Uint8Array>> = {
  noise: Uint8Array.from({ length: SIZE }, () => random() * 200),
  'a pattern': Uint8Array.from({ length: SIZE }, (_, at) => pattern[at % pattern.length]!),
  zeros: new Uint8Array(SIZE),
  'a few bytes': Uint8Array.of(1, 2, 3),
};

describe('a deflated strip', () => {
  for (const [name, strip] of Object.entries(STRIPS)) {
    it(`of ${name} holds the same bytes, and is hardly larger than zlib makes it`, async () => {
      const packed = await deflateStrip(strip);
      expect(Buffer.compare(inflateSync(packed), strip)).toBe(0);
      expect(packed.length).toBeLessThanOrEqual(1.05 * deflateSync(strip).length + 400);
    });
  }
});
