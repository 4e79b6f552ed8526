import { packLzw, unpackLzw } from '@evenlight/bridge/src/codec/tiff/lzw-threads.ts';
import { lzwEncode } from '@evenlight/bridge/src/codec/tiff/lzw.ts';
import { describe, expect, it } from 'vitest';

/** Bytes that repeat here and there. */
function strip(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => ((at * at) % 251) & (at >> 9));
}

describe('LZW in threads', () => {
  for (const sizeBytes of [1000, 300_000]) {
    it(`packs ${sizeBytes} bytes as it does in one thread, several at once, and unpacks them`, async () => {
      const strips = Array.from({ length: 5 }, (_, at) => strip(sizeBytes - at));
      const packed = await Promise.all(strips.map(packLzw));
      expect(packed.map((bytes, at) => Buffer.compare(bytes, lzwEncode(strips[at]!)))).toEqual([0, 0, 0, 0, 0]);
      const unpacked = await Promise.all(packed.map((bytes, at) => unpackLzw(bytes, sizeBytes - at)));
      expect(unpacked.map((bytes, at) => Buffer.compare(bytes, strips[at]!))).toEqual([0, 0, 0, 0, 0]);
    });

    it(`says where ${sizeBytes} bytes that are damaged end, and goes on`, async () => {
      const packed = lzwEncode(strip(sizeBytes));
      const cutOff = unpackLzw(packed.subarray(0, packed.length >> 1), sizeBytes);
      await expect(cutOff).rejects.toThrow(RangeError);
      await expect(cutOff).rejects.toThrow(/LZW data end after \d+ of/);
      expect(await unpackLzw(packed, sizeBytes)).toHaveLength(sizeBytes);
    });
  }
});
