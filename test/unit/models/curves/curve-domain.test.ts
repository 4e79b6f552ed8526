import { colorSpaces } from '@evenlight/models';
import { curveDomain } from '@evenlight/models/src/curves/curve-domain.ts';
import { describe, expect, it } from 'vitest';

const GRAY = 0.5;
const PICTURE = Float32Array.of(1, 1, 1, GRAY, GRAY, GRAY, 0.8, 0.4, 0.2);

describe('the values that curves act on', () => {
  it('are the lightness of every pixel in Lab, whose a and b stay', () => {
    const { channels, toDomain, toSrgb } = curveDomain('lab', colorSpaces.srgb);
    const lightness = toDomain(PICTURE);
    expect([channels, lightness.length]).toEqual([1, 3]);
    expect([lightness[0], lightness[1]]).toEqual([expect.closeTo(1, 3), expect.closeTo(0.534, 3)]);
    toSrgb(lightness, PICTURE).forEach((value, i) => expect(value).toBeCloseTo(PICTURE[i]!, 4));
    const half = toSrgb(
      lightness.map((value) => value / 2),
      PICTURE,
    );
    expect(toDomain(half)[2]).toBeCloseTo(lightness[2]! / 2, 2);
  });

  it('are one channel in gray and three in RGB, encoded as the document is', () => {
    const gray = curveDomain('gray', colorSpaces.grayGamma22);
    const encoded = gray.toDomain(PICTURE.subarray(0, 6));
    expect([...encoded]).toEqual([expect.closeTo(1, 3), expect.closeTo(0.4967, 2)]);
    const back = gray.toSrgb(encoded, PICTURE);
    expect(back).toHaveLength(6);
    back.forEach((value, i) => expect(value).toBeCloseTo(PICTURE[i]!, 3));
    const rgb = curveDomain('rgb', colorSpaces.adobeRgb);
    expect(rgb.names).toEqual(['red', 'green', 'blue']);
    expect(rgb.toSrgb(rgb.toDomain(PICTURE), PICTURE)).toHaveLength(9);
    rgb.toSrgb(rgb.toDomain(PICTURE), PICTURE).forEach((value, i) => expect(value).toBeCloseTo(PICTURE[i]!, 3));
  });
});
