import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import { readJpegContainer } from '@evenlight/bridge/src/codec/jpeg-container.ts';
import { estimateJpegQuality } from '@evenlight/bridge/src/codec/jpeg-quality.ts';

describe('estimateJpegQuality', () => {
  it.each([30, 50, 75, 80, 85, 90, 92, 95, 97, 98, 99, 100])('finds quality %i of the IJG encoder', async (quality) => {
    const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: '#864' } });
    const jpeg = await picture.jpeg({ quality }).toBuffer();
    expect((await readJpegContainer(bytesOf(jpeg))).compression).toMatchObject({ quality });
  });

  it('takes 90 where a file has no tables', () => {
    expect(estimateJpegQuality([])).toBe(90);
  });

  it('reads tables of 16-bit steps', () => {
    const table = new Uint8Array(129);
    table[0] = 0x10;
    for (let index = 0; index < 64; index++) table[2 + 2 * index] = 58;
    expect(estimateJpegQuality([table])).toBe(50);
  });
});
