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

  it('allows a thousandth in each entry of the matrix', () => {
    for (let entry = 0; entry < 9; entry++) {
      for (const sign of [1, -1]) {
        const off = (by: number): ColorSpace => ({
          ...adobeRgb,
          toXyzD50: adobeRgb.toXyzD50.map((value, i) => value + (i === entry ? sign * by : 0)),
        });
        expect(matchColorSpace(off(0.99e-3))).toBe(adobeRgb);
        expect(matchColorSpace(off(1.01e-3))).toBeUndefined();
      }
    }
  });

  it('allows a quarter of an 8-bit code in 512 steps of the curve, its ends included', () => {
    const { decode } = adobeRgb.transfer;
    const off = (step: number, by: number): ColorSpace => ({
      ...adobeRgb,
      transfer: { ...adobeRgb.transfer, decode: (x) => decode(x === step / 512 ? x + by / 1024 : x) },
    });
    for (const step of [0, 1, 255, 511, 512]) {
      for (const sign of [1, -1]) {
        expect(matchColorSpace(off(step, 0.99 * sign))).toBe(adobeRgb);
        expect(matchColorSpace(off(step, 1.01 * sign))).toBeUndefined();
      }
    }
    expect(matchColorSpace(off(100, NaN))).toBeUndefined();
    // Between the steps nobody looks.
    expect(matchColorSpace(off(100.5, 5))).toBe(adobeRgb);
  });

  it('tells gray by its curve alone, and never takes it for RGB', () => {
    const { grayGamma22 } = colorSpaces;
    expect(matchColorSpace({ ...grayGamma22, toXyzD50: [1, 0, 0, 0, 1, 0, 0, 0, 1] })).toBe(grayGamma22);
    expect(matchColorSpace({ ...srgb, kind: 'gray' })).toBe(colorSpaces.graySrgb);
    expect(matchColorSpace({ ...grayGamma22, kind: 'rgb' })).toBeUndefined();
  });
});
