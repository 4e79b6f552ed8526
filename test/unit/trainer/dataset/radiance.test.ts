import { decodeRadiance } from '@evenlight/trainer/src/dataset/radiance.ts';
import { describe, expect, it } from 'vitest';

const header = '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n';

function picture(size: string, ...pixels: number[]): Uint8Array {
  return Uint8Array.of(...new TextEncoder().encode(header + size), ...pixels);
}

describe('Radiance pictures', () => {
  it('reads flat pixels: (mantissa + 0.5) · 2^(exponent − 136)', () => {
    const { width, height, light } = decodeRadiance(picture('-Y 1 +X 2\n', 128, 64, 0, 129, 255, 255, 255, 0));
    expect([width, height]).toEqual([2, 1]);
    expect([...light]).toEqual([128.5 / 128, 64.5 / 128, 0.5 / 128, 0, 0, 0]);
  });

  it('reads run-length coded lines, runs and literals', () => {
    // Width 8 as "2 2 0 8", then per plane: a run of 8, or literals.
    const planes = [
      [136, 10],
      [8, 1, 2, 3, 4, 5, 6, 7, 8],
      [136, 0],
      [136, 136],
    ];
    const { light } = decodeRadiance(picture('-Y 1 +X 8\n', 2, 2, 0, 8, ...planes.flat()));
    expect(light[0]).toBe(10.5);
    expect([1, 4, 7, 22].map((i) => light[i])).toEqual([1.5, 2.5, 3.5, 8.5]);
  });

  it.each([
    ['something else', Uint8Array.of(1, 2, 3)],
    ['a line cut short', picture('-Y 1 +X 2\n', 1, 2, 3)],
    ['a run past the end of the line', picture('-Y 1 +X 8\n', 2, 2, 0, 8, 255, 10, 0, 0)],
    ['a run of length zero', picture('-Y 1 +X 8\n', 2, 2, 0, 8, 0, 0, 0, 0)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeRadiance(bytes)).toThrow(expect.objectContaining({ code: 'BAD_IMAGE' }));
  });
});
