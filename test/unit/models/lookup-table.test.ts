import {
  colorSpaces,
  createCorrection,
  createLookupTable,
  cubeText,
  DEFAULT_GUIDE,
  identityCorrection,
  linearColorSpace,
  lookUp,
  type ProxyImage,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { readCube } from '../../fakes/photoshop/device-link-reader.ts';

const FULL = { strength: 1, evBias: 0 };
const proxy: ProxyImage = {
  width: 16,
  height: 16,
  pixels: Float32Array.from({ length: 768 }, (_, i) => ((i * 29) % 101) / 120),
};

/** Doubles red on the left, halves it on the right. */
const divided = createCorrection({
  ...{ gridWidth: 2, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE },
  coefficients: [2, 0.5].flatMap((red) => [red, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
});

describe('a lookup table', () => {
  it('of the identity has every point where it was, in any space', () => {
    for (const colorSpace of [colorSpaces.srgb, colorSpaces.proPhotoProfile]) {
      const { size, values, meanDeltaE } = createLookupTable(identityCorrection(), FULL, proxy, colorSpace);
      expect([size, values.length]).toEqual([33, 33 ** 3 * 3]);
      const at = ((5 * 33 + 17) * 33 + 30) * 3;
      [5, 17, 30].forEach((index, c) => expect(values[at + c]).toBeCloseTo(index / 32, 6));
      expect(meanDeltaE).toBeLessThan(0.01);
    }
  });

  it("is the correction's mean over the places where the picture has pixels", () => {
    const everywhere = createLookupTable(divided, FULL, proxy, colorSpaces.srgb);
    const middle = lookUp(everywhere, Float32Array.of(0.25, 0.5, 0.5));
    expect(middle[0]).toBeCloseTo(0.25 * 1.25, 2);
    expect(everywhere.meanDeltaE).toBeGreaterThan(3);
  });

  it('is refused for what has no encoded RGB', () => {
    for (const colorSpace of [colorSpaces.grayGamma22, linearColorSpace(colorSpaces.srgb)]) {
      expect(() => createLookupTable(divided, FULL, proxy, colorSpace)).toThrow(
        expect.objectContaining({ code: 'BAD_COLOR_SPACE' }),
      );
    }
  });

  it('reads trilinearly, and clamps what lies outside', () => {
    const table = {
      size: 2,
      values: Float32Array.from([0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1]),
    };
    const looked = lookUp(table, Float32Array.of(0.25, 0.5, 0.75, -1, 2, 0.5));
    [0.25, 0.5, 0.75, 0, 1, 0.5].forEach((value, i) => expect(looked[i]).toBeCloseTo(value, 6));
  });
});

describe('a .cube text', () => {
  it('has the table with red fastest, as a reader of the format finds it', () => {
    const { size, values } = createLookupTable(divided, FULL, proxy, colorSpaces.srgb);
    const text = cubeText({ size, values }, 'A “title”\nin two lines');
    expect(text.split('\n').slice(0, 2)).toEqual(['TITLE "A ?title??in two lines"', 'LUT_3D_SIZE 33']);
    const read = readCube(text);
    expect(read.size).toBe(33);
    read.table.forEach((value, i) => {
      if (Math.abs(value - values[i]!) > 1e-6) expect(value).toBeCloseTo(values[i]!, 6);
    });
  });
});
