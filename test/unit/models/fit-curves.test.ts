import {
  applyToProxy,
  colorSpaces,
  createCorrection,
  curveLevels,
  DEFAULT_GUIDE,
  fitCurves,
  identityCorrection,
  type Correction,
  type ProxyImage,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const FULL = { strength: 1, evBias: 0 };
const RGB = { mode: 'rgb', colorSpace: colorSpaces.srgb } as const;

/** 48 × 48 with every tone between `from` and `to`, slightly coloured unless `tint` is 0. */
function picture(from: number, to: number, tint = 0.04): ProxyImage {
  const pixels = Float32Array.from({ length: 48 * 48 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const tone = from + ((to - from) * ((pixel * 37) % 2304)) / 2304;
    return Math.min(1, Math.max(0, tone + ((i % 3) - 1) * tint * tone));
  });
  return { width: 48, height: 48, pixels };
}

function grid(size: number, gains: (x: number) => readonly [number, number, number]): Correction {
  const coefficients = Array.from({ length: size ** 2 }, (_, cell) => {
    const [red, green, blue] = gains(cell % size);
    return [red, 0, 0, 0, 0, green, 0, 0, 0, 0, blue, 0];
  }).flat();
  return createCorrection({ gridWidth: size, gridHeight: size, gridDepth: 1, guide: DEFAULT_GUIDE, coefficients });
}

describe('curves', () => {
  it('of the identity are straight', () => {
    const { curves, meanDeltaE, mask } = fitCurves(identityCorrection(), FULL, picture(0, 1), RGB);
    expect(curves.map(({ channel }) => channel)).toEqual(['composite']);
    curveLevels(curves[0]!.points).forEach((level, i) => expect(level).toBeCloseTo(i, 9));
    expect([meanDeltaE, mask]).toEqual([expect.closeTo(0, 2), undefined]);
  });

  it('of a neutral gain are one composite curve', () => {
    const { curves, meanDeltaE } = fitCurves(
      grid(1, () => [1.6, 1.6, 1.6]),
      FULL,
      picture(0.02, 0.5),
      RGB,
    );
    expect(curves.map(({ channel }) => channel)).toEqual(['composite']);
    expect(meanDeltaE).toBeLessThan(0.5);
    expect(curveLevels(curves[0]!.points)[80]!).toBeCloseTo(128, -0.5);
  });

  it('of a tint are one for each channel, and none for all: which Photoshop applies first is not known', () => {
    const { curves, meanDeltaE } = fitCurves(
      grid(1, () => [1.7, 1.4, 1.1]),
      FULL,
      picture(0.02, 0.5),
      RGB,
    );
    expect(curves.map(({ channel }) => channel)).toEqual(['red', 'green', 'blue']);
    expect(meanDeltaE).toBeLessThan(1);
  });

  it.each([
    ['an EV bias', identityCorrection(), { strength: 1, evBias: 1.5 }],
    ['more than full strength', grid(1, () => [1.3, 1.25, 1.2]), { strength: 1.5, evBias: 0 }],
  ])('follow %s', (_what, correction, adjustment) => {
    expect(fitCurves(correction, adjustment, picture(0.02, 0.6), RGB).meanDeltaE).toBeLessThan(0.8);
  });

  it('have at most 14 whole points in rising order and never fall', () => {
    for (const colorSpace of [colorSpaces.srgb, colorSpaces.displayP3, colorSpaces.proPhotoProfile]) {
      const { curves } = fitCurves(
        grid(4, (x) => [1 + x, 2, 3 - x / 2]),
        FULL,
        picture(0, 1, 0.3),
        { mode: 'rgb', colorSpace },
      );
      for (const { points } of curves) {
        expect(points.length).toBeLessThanOrEqual(14);
        points.forEach(({ input, output }, i) => {
          expect([Number.isInteger(input), Number.isInteger(output), output >= 0 && output <= 255]).toEqual([
            true,
            true,
            true,
          ]);
          if (i > 0) expect(input).toBeGreaterThan(points[i - 1]!.input);
        });
        const levels = curveLevels(points);
        levels.forEach((level, i) => {
          if (i > 0) expect(level).toBeGreaterThan(levels[i - 1]! - 1);
        });
      }
    }
  });

  it('get a mask where places of the same tone are corrected differently, and only there', () => {
    const proxy: ProxyImage = {
      width: 64,
      height: 64,
      pixels: Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 192)];
        const dark = 0.1 + ((x * 5 + y * 3) % 20) / 200;
        return x < 32 || (x + y) % 3 === 0 ? dark : 0.75;
      }),
    };
    const local = fitCurves(
      grid(8, (x) => (x < 4 ? [2.2, 2.2, 2.2] : [1, 1, 1])),
      FULL,
      proxy,
      RGB,
    );
    expect(local.mask).toBeDefined();
    expect(local.meanDeltaE).toBeLessThan(0.7 * local.meanDeltaEUnmasked);
    expect(local.mask!.values[16 * 32 + 4]).toBeGreaterThan(local.mask!.values[16 * 32 + 28]! + 0.3);
    expect(local.mask!.values.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(
      fitCurves(
        grid(1, () => [2, 2, 2]),
        FULL,
        proxy,
        RGB,
      ).mask,
    ).toBeUndefined();
  });

  it('of Grayscale and CMYK are one composite curve, of Lab one of lightness', () => {
    const correction = grid(1, () => [1.6, 1.6, 1.6]);
    const gray = fitCurves(correction, FULL, picture(0.02, 0.5, 0), {
      mode: 'gray',
      colorSpace: colorSpaces.grayGamma22,
    });
    expect([gray.curves.map(({ channel }) => channel), gray.meanDeltaE < 0.6]).toEqual([['composite'], true]);
    const cmyk = fitCurves(correction, FULL, picture(0.02, 0.5), { ...RGB, mode: 'cmyk' });
    expect(cmyk.curves.map(({ channel }) => channel)).toEqual(['composite']);
    const lab = fitCurves(correction, FULL, picture(0.02, 0.5, 0), { ...RGB, mode: 'lab' });
    expect([lab.curves.map(({ channel }) => channel), lab.meanDeltaE < 0.6]).toEqual([['lightness'], true]);
  });

  it('are the same for a proxy of many pixels as for its every n-th', () => {
    const proxy = picture(0.02, 0.6);
    const big: ProxyImage = { width: 144, height: 144, pixels: new Float32Array(144 * 144 * 3) };
    for (let y = 0; y < 144; y++) {
      for (let x = 0; x < 144; x++) {
        const from = (Math.floor(y / 3) * 48 + Math.floor(x / 3)) * 3;
        big.pixels.set(proxy.pixels.subarray(from, from + 3), (y * 144 + x) * 3);
      }
    }
    const correction = grid(1, () => [1.5, 1.5, 1.5]);
    expect(fitCurves(correction, FULL, big, RGB).meanDeltaE).toBeCloseTo(
      fitCurves(correction, FULL, proxy, RGB).meanDeltaE,
      0,
    );
    expect(applyToProxy(correction, FULL, big).pixels).toHaveLength(144 * 144 * 3);
  });
});
