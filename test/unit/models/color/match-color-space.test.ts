import { colorSpaces, createTransferFunction, matchColorSpace, type ColorSpace } from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const { adobeRgb, srgb } = colorSpaces;

describe('matching', () => {
  for (const space of Object.values<ColorSpace>(colorSpaces)) {
    it(`finds ${space.name} by its numbers, rounded as a profile rounds them`, () => {
      const toXyzD50 = space.toXyzD50.map((value) => Math.round(value * 65536) / 65536);
      expect(matchColorSpace({ ...space, name: '?', toXyzD50 })).toBe(space);
    });
  }

  it('finds sRGB in a table of 16 bits', () => {
    const values = Array.from({ length: 1024 }, (_, i) => Math.round(srgb.transfer.decode(i / 1023) * 65535) / 65535);
    expect(matchColorSpace({ ...srgb, transfer: createTransferFunction({ type: 'table', values }) })).toBe(srgb);
  });

  it('finds nothing for other primaries or curves', () => {
    const gamma22 = createTransferFunction({ type: 'gamma', gamma: 2.2 });
    expect(
      matchColorSpace({ ...srgb, toXyzD50: srgb.toXyzD50.map((value, i) => value + (i === 0 ? 0.002 : 0)) }),
    ).toBeUndefined();
    expect(matchColorSpace({ ...srgb, transfer: gamma22 })).toBeUndefined();
    expect(matchColorSpace({ ...srgb, channelTransfers: [srgb.transfer, gamma22, srgb.transfer] })).toBeUndefined();
    expect(
      matchColorSpace({ ...adobeRgb, kind: 'gray', transfer: createTransferFunction({ type: 'gamma', gamma: 3 }) }),
    ).toBeUndefined();
  });

  it('takes three equal curves for one', () => {
    const { transfer } = adobeRgb;
    expect(matchColorSpace({ ...adobeRgb, channelTransfers: [transfer, transfer, transfer] })).toBe(adobeRgb);
  });
});
