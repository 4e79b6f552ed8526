import {
  applyToProxy,
  colorSpaces,
  createCorrection,
  createLookupTable,
  cubeText,
  DEFAULT_GUIDE,
  identityCorrection,
  linearColorSpace,
  lookUp,
  meanDeltaE2000,
  type ProxyImage,
} from '@evenlight/models';
import { createRowReader } from '@evenlight/models/src/apply/row-reader.ts';
import { createRowWriter } from '@evenlight/models/src/apply/row-writer.ts';
import { describe, expect, it } from 'vitest';
import { readCube } from '../../fakes/photoshop/device-link-reader.ts';
import { LUMA_GUIDE, noise } from './pictures.ts';

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

  it('weighs every cell by the pixels that read it, and a hundredth of an average cell', () => {
    // The left pixel is dark and reads the lower layer of the left cell; the right one is bright.
    const pair = { width: 2, height: 1, pixels: Float32Array.of(0.1, 0.1, 0.1, 0.9, 0.9, 0.9) };
    const layered = createCorrection({
      ...{ gridWidth: 2, gridHeight: 1, gridDepth: 2, guide: LUMA_GUIDE },
      coefficients: [1.5, 1.5, 0.5, 0.5].flatMap((red) => [red, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
    });
    const { values, meanDeltaE } = createLookupTable(layered, FULL, pair, colorSpaces.srgb);
    const redAt = (point: number): number => values[point * (33 ** 2 + 33 + 1) * 3]!;
    // Two pixels, four cells: a cell without pixels weighs 0.005.
    expect(redAt(4)).toBeCloseTo((0.125 * (1.005 * 1.5 + 0.005 * 0.5)) / 1.01, 3);
    expect(redAt(28)).toBeCloseTo((0.875 * (0.005 * 1.5 + 1.005 * 0.5)) / 1.01, 3);
    expect(meanDeltaE).toBeLessThan(0.5);
  });

  it.each([
    ['sRGB', colorSpaces.srgb],
    ['Display P3', colorSpaces.displayP3],
  ])('says how far it is from the correction, in the mean: %s', (_, colorSpace) => {
    const table = createLookupTable(divided, FULL, proxy, colorSpace);
    const encoded = new Float32Array(proxy.pixels.length);
    const line = { width: 256, height: 1, channels: 3, format: 'float32', colorSpace } as const;
    createRowWriter(line)(proxy.pixels.slice(), encoded, 0);
    const looked = new Float32Array(encoded.length);
    createRowReader(line)(lookUp(table, encoded), 0, looked);
    const target = applyToProxy(divided, FULL, proxy).pixels;
    expect(table.meanDeltaE).toBeCloseTo(
      meanDeltaE2000(
        looked.map((value) => Math.min(1, Math.max(0, value))),
        target,
      ),
      6,
    );
    expect(Math.max(...table.values)).toBe(1);
    expect(Math.min(...table.values)).toBe(0);
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

  it('reads what is linear in each channel exactly, between all its points', () => {
    const size = 4;
    const colorOf = (red: number, green: number, blue: number): number[] => [
      red * green,
      green * blue,
      red * green * blue,
    ];
    const points = [0, 1, 2, 3].map((i) => i / 3);
    const values = points.flatMap((red) =>
      points.flatMap((green) => points.flatMap((blue) => colorOf(red, green, blue))),
    );
    const pixels = noise('float32', 300, 4) as Float32Array;
    const looked = lookUp({ size, values: Float32Array.from(values) }, pixels);
    for (let i = 0; i < pixels.length; i += 3) {
      const expected = colorOf(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!);
      expected.forEach((value, c) => expect(looked[i + c]).toBeCloseTo(value, 5));
    }
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

  it('of two points a side is this', () => {
    const values = Float32Array.from({ length: 24 }, (_, i) => i / 32);
    expect(cubeText({ size: 2, values }, 'Two')).toBe(
      [
        'TITLE "Two"',
        'LUT_3D_SIZE 2',
        '0.000000 0.031250 0.062500',
        '0.375000 0.406250 0.437500',
        '0.187500 0.218750 0.250000',
        '0.562500 0.593750 0.625000',
        '0.093750 0.125000 0.156250',
        '0.468750 0.500000 0.531250',
        '0.281250 0.312500 0.343750',
        '0.656250 0.687500 0.718750',
        '',
      ].join('\n'),
    );
    expect(cubeText({ size: 2, values }, 'x'.repeat(250)).split('\n')[0]).toBe(`TITLE "${'x'.repeat(200)}"`);
  });
});
