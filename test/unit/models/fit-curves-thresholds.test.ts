import {
  applyToProxy,
  atLevel,
  colorSpaces,
  createCorrection,
  curveLevels,
  type Correction,
  type CurvesFit,
  DEFAULT_GUIDE,
  fitCurves,
  meanDeltaE2000,
  type ProxyImage,
} from '@evenlight/models';
import { stretch } from '@evenlight/models/src/curves/luminosity-map.ts';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from './pictures.ts';

const FULL = { strength: 1, evBias: 0 };
const RGB = { mode: 'rgb', colorSpace: colorSpaces.srgb } as const;
const NO_MASK = { ...RGB, canMask: false } as const;
type Rgb = readonly [number, number, number];

/** A grid of one row that multiplies each column's channels. */
function gains(...columns: readonly Rgb[]): Correction {
  const coefficients = columns.flatMap(([red, green, blue]) => [red, 0, 0, 0, 0, green, 0, 0, 0, 0, blue, 0]);
  return createCorrection({
    ...{ gridWidth: columns.length, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE },
    coefficients,
  });
}

function picture(width: number, height: number, colorAt: (x: number, y: number) => Rgb): ProxyImage {
  const pixels = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.set(colorAt(x, y), (y * width + x) * 3);
  return { width, height, pixels };
}

/** Tones up to a half in no order, slightly coloured. */
function tones(width: number, height: number): ProxyImage {
  const random = randomNumbers(3);
  return picture(width, height, () => {
    const tone = 0.02 + 0.45 * random();
    return [tone, 0.95 * tone, 0.9 * tone];
  });
}

/** Dark at the left and brighter at the right, but for a few dark pixels. */
const sidesOf = (brighter: number): ProxyImage =>
  picture(48, 32, (x, y) => {
    const dark = 0.1 + ((x * 5 + y * 3) % 20) / 200;
    const tone = x < 24 || (x + y) % 3 === 0 ? dark : dark + brighter;
    return [tone, tone, tone];
  });
const sides = sidesOf(0.6);

/** What curves of a document in sRGB make of a proxy. */
function applied({ curves, mask }: CurvesFit, { width, height, pixels }: ProxyImage): Float32Array {
  const levels = curves.map(({ points }) => curveLevels(points));
  const strength = mask && stretch(mask.values, width, height);
  return pixels.map((value, i) => {
    const changed = atLevel(levels[curves.length === 1 ? 0 : i % 3]!, value * 255) / 255;
    return value + (changed - value) * (strength?.[Math.floor(i / 3)] ?? 1);
  });
}

/** The largest `strength` 0..1 up to which something is so, and the next one at which it is not, a thousandth farther on. */
function turningPoint(isSo: (strength: number) => boolean): readonly [so: number, notSo: number] {
  let [low, high] = [0, 1];
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    if (isSo(middle)) low = middle;
    else high = middle;
  }
  return [low, high];
}

describe('what curves leave of a correction', () => {
  it.each([
    ['with one curve', gains([1.5, 1.5, 1.5]), tones(32, 24)],
    ['with three curves', gains([1.7, 1.4, 1.1]), tones(32, 24)],
    ['with a mask', gains([2.2, 2.2, 2.2], [2.2, 2.2, 2.2], [1, 1, 1], [1, 1, 1]), sides],
  ])('is the mean ΔE2000 between both: %s', (_, correction, proxy) => {
    const fit = fitCurves(correction, FULL, proxy, RGB);
    const target = applyToProxy(correction, FULL, proxy).pixels;
    expect(fit.meanDeltaE).toBeCloseTo(meanDeltaE2000(applied(fit, proxy), target), 3);
    // Without a mask it is what the best curves alone leave.
    const plain = fitCurves(correction, FULL, proxy, NO_MASK);
    expect(plain.mask).toBeUndefined();
    expect([fit.meanDeltaEUnmasked, plain.meanDeltaEUnmasked]).toEqual([plain.meanDeltaE, plain.meanDeltaE]);
    expect(plain.meanDeltaE).toBeCloseTo(meanDeltaE2000(applied(plain, proxy), target), 3);
  });
});

describe('curves of a big proxy', () => {
  const correction = gains([1.5, 1.3, 1.4]);
  /** Every second pixel of every second row is one of `small`; the others are bright. */
  const spread = (small: ProxyImage, width: number, height: number): ProxyImage =>
    picture(width, height, (x, y) => {
      const at = ((y / 2) * small.width + x / 2) * 3;
      return x % 2 === 0 && y % 2 === 0 ? (small.pixels.subarray(at, at + 3) as unknown as Rgb) : [0.9, 0.5, 0.7];
    });

  it('follow every second pixel of every second row above 16,384 pixels', () => {
    for (const [width, height] of [
      [127, 131],
      [256, 65],
    ] as const) {
      const small = tones(Math.ceil(width / 2), Math.ceil(height / 2));
      const big = fitCurves(correction, FULL, spread(small, width, height), NO_MASK);
      expect(big).toEqual(fitCurves(correction, FULL, small, NO_MASK));
    }
  });

  it('follow all of 16,384 pixels', () => {
    const small = tones(64, 64);
    const { meanDeltaE } = fitCurves(correction, FULL, spread(small, 128, 128), NO_MASK);
    expect(meanDeltaE).not.toBeCloseTo(fitCurves(correction, FULL, small, NO_MASK).meanDeltaE, 3);
  });
});

describe('tones that a picture does not have', () => {
  it.each([
    ['rgb', colorSpaces.srgb],
    ['gray', colorSpaces.grayGamma22],
  ] as const)('become what the correction makes of neutral ones: %s', (mode, colorSpace) => {
    const dark = picture(32, 32, (x, y) => {
      const tone = 0.1 + (x + 32 * y) / 8000;
      return [tone, tone, tone];
    });
    // 0.6 of the encoded value in sRGB. Gamma 2.2 encodes it by nearly the same share above the darkest tones.
    const fit = fitCurves(gains([0.6, 0.6, 0.6]), FULL, dark, { mode, colorSpace, canMask: false });
    const levels = curveLevels(fit.curves[0]!.points);
    for (const level of [100, 150, 200, 250, 255]) expect(Math.abs(levels[level]! - 0.6 * level)).toBeLessThan(3);
  });
});

describe('one curve for all channels', () => {
  it('is taken up to where three are 0.15 of ΔE2000 better', () => {
    const proxy = tones(32, 24);
    // The stronger the correction, the more its tint asks for three curves.
    const at = (strength: number): CurvesFit =>
      fitCurves(gains([1.5, 1.35, 1.2]), { strength, evBias: 0 }, proxy, NO_MASK);
    const [one, three] = turningPoint((strength) => at(strength).curves.length === 1).map(at);
    expect(three!.curves).toHaveLength(3);
    const better = one!.meanDeltaE - three!.meanDeltaE;
    expect([better > 0.12, better < 0.18]).toEqual([true, true]);
  });
});

describe('a mask', () => {
  const local = gains([2.2, 2.2, 2.2], [2.2, 2.2, 2.2], [1, 1, 1], [1, 1, 1]);

  it('is added from 0.3 of ΔE2000 on that it brings the picture closer', () => {
    const at = (strength: number): CurvesFit => fitCurves(local, { strength, evBias: 0 }, sides, RGB);
    const { meanDeltaE, meanDeltaEUnmasked } = at(turningPoint((strength) => at(strength).mask === undefined)[1]);
    expect(meanDeltaEUnmasked).toBeLessThan(1.5);
    expect(meanDeltaEUnmasked - meanDeltaE).toBeGreaterThanOrEqual(0.3);
    expect(meanDeltaEUnmasked - meanDeltaE).toBeLessThan(0.33);
  });

  it('is added from a fifth on of what the curves alone leave', () => {
    // The less the sides differ in brightness, the less a mask can tell them apart.
    const at = (brighter: number): CurvesFit => fitCurves(local, FULL, sidesOf(brighter), RGB);
    const { meanDeltaE, meanDeltaEUnmasked } = at(turningPoint((brighter) => at(brighter).mask === undefined)[1]);
    expect(meanDeltaEUnmasked).toBeGreaterThan(1.5);
    expect(meanDeltaE / meanDeltaEUnmasked).toBeLessThanOrEqual(0.8);
    expect(meanDeltaE / meanDeltaEUnmasked).toBeGreaterThan(0.77);
  });
});
