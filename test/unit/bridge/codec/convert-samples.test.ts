import { colorSpaces, type PixelImage } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { flattenOnWhite, toEightBit } from '@evenlight/bridge/src/codec/convert-samples.ts';

function image(pixels: Uint8Array | Uint16Array, channels: 1 | 2 | 3 | 4 = 1): PixelImage {
  const format = pixels instanceof Uint8Array ? 'uint8' : 'uint16';
  const width = pixels.length / channels;
  return { width, height: 1, channels, format, colorSpace: colorSpaces.srgb, pixels, rowStride: pixels.length };
}

describe('16 bits as 8', () => {
  it('takes every code to the nearest one', () => {
    const codes = Uint16Array.from({ length: 65_536 }, (_, code) => code);
    const { pixels, format } = toEightBit(image(codes));
    expect(format).toBe('uint8');
    expect(pixels).toEqual(Uint8Array.from(codes, (code) => Math.round(code / 257)));
  });

  it('leaves 8 bits alone', () => {
    const same = image(Uint8Array.of(1, 2, 3));
    expect(toEightBit(same)).toBe(same);
  });
});

describe('alpha on white', () => {
  it('mixes by opacity, rounded', () => {
    const { pixels, channels, rowStride } = flattenOnWhite(image(Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0), 4));
    expect([...pixels]).toEqual([10, 20, 30, 255, 255, 255]);
    expect([channels, rowStride]).toEqual([3, 6]);
    expect([...flattenOnWhite(image(Uint8Array.of(0, 128, 100, 51), 2)).pixels]).toEqual([127, 224]);
  });

  it('leaves opaque pictures alone', () => {
    const same = image(Uint8Array.of(1, 2, 3), 3);
    expect(flattenOnWhite(same)).toBe(same);
  });
});
