import {
  applyToProxy,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  isIdentityCorrection,
  type Correction,
  type ProxyImage,
} from '@evenlight/models';
import { shrinkCorrection, weaken } from '@evenlight/models/src/shrink-correction.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, noise } from './pictures.ts';

const SIDE = 64;
const proxy: ProxyImage = {
  width: SIDE,
  height: SIDE,
  pixels: (noise('float32', SIDE * SIDE * 3) as Float32Array).map((value) => 0.2 + 0.5 * value),
};

/** Lifts every pixel by `lift`, or only those of the top left sixteenth, where a grid of 4 × 4 cells has a cell of its own. */
function lifting(lift: number, where: 'everywhere' | 'in a corner' = 'everywhere'): Correction {
  const coefficients = Float32Array.from({ length: 16 * 12 }, (_, i) => {
    const isLifted = where === 'everywhere' || i < 12;
    if (i % 4 === 3) return isLifted ? lift : 0;
    return [0, 5, 10].includes(i % 12) ? 1 : 0;
  });
  return createCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 1, guide: LUMA_GUIDE, coefficients });
}

/** By how much of `lift` the corner's pixels are still lifted. */
function keptOf(correction: Correction, lift: number): number {
  return (applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy).pixels[0]! - proxy.pixels[0]!) / lift;
}

describe('a correction that changes little', () => {
  it.each([0.004, 0.02, -0.03])('by %f is taken back by half', (lift) => {
    expect(keptOf(shrinkCorrection(lifting(lift), proxy), lift)).toBeCloseTo(0.5, 1);
  });

  it('that changes nothing goes on changing nothing', () => {
    expect(isIdentityCorrection(shrinkCorrection(lifting(0), proxy))).toBe(true);
  });

  it('is taken back the less, the more it changes', () => {
    const kept = [0.052, 0.06, 0.1, 0.2].map((lift) => keptOf(shrinkCorrection(lifting(lift), proxy), lift));
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(kept[0]).toBeGreaterThan(0.5);
    expect(kept[0]).toBeLessThan(0.6);
    expect(kept[3]).toBeGreaterThan(0.95);
    expect(kept[3]).toBeLessThanOrEqual(1);
  });

  it('has no threshold at which a picture suddenly changes', () => {
    const after = (lift: number): number => keptOf(shrinkCorrection(lifting(lift), proxy), lift) * lift;
    for (let lift = 0.02; lift < 0.1; lift += 0.001) expect(after(lift + 0.001) - after(lift)).toBeLessThan(0.004);
  });

  it('is kept where a part of the picture needs it, however small the mean over the whole', () => {
    const local = lifting(0.2, 'in a corner');
    const after = applyToProxy(local, DEFAULT_ADJUSTMENT, proxy).pixels;
    const mean = after.reduce((sum, value, i) => sum + Math.abs(value - proxy.pixels[i]!), 0) / after.length;
    expect(mean).toBeLessThan(0.03);
    expect(keptOf(shrinkCorrection(local, proxy), 0.2)).toBeGreaterThan(0.9);
  });

  it('may be made of a picture smaller than its regions', () => {
    const tiny: ProxyImage = { width: 2, height: 1, pixels: new Float32Array(6).fill(0.5) };
    expect(shrinkCorrection(lifting(0.3), tiny).coefficients[3]).toBeCloseTo(0.3, 1);
    expect(shrinkCorrection(lifting(0.01), tiny).coefficients[3]).toBeCloseTo(0.005, 3);
  });
});

/** What is kept of a lift where the grays of a picture can be lifted, and its whites cannot. */
function keptWhere(isGray: (x: number, y: number) => boolean, { width, height, lift = 0.1 }: KeptWhere): number {
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return isGray(pixel % width, Math.floor(pixel / width)) ? 0.5 : 1;
  });
  return shrinkCorrection(lifting(lift), { width, height, pixels }).coefficients[3]! / lift;
}
interface KeptWhere {
  readonly width: number;
  readonly height: number;
  readonly lift?: number;
}

describe('what is kept of a change', () => {
  const [width, height] = [40, 64];

  it.each([
    [0.04, 0.5],
    [0.0495, 0.5],
    [0.05, 0.51],
    [0.07, 0.75],
    [0.14, 0.9375],
  ])('of %f is all but the square of 0.035 to it, and half at least: %f', (lift, kept) => {
    expect(keptWhere(() => true, { width, height, lift })).toBeCloseTo(kept, 2);
    // Darkening counts as lifting does.
    expect(keptWhere(() => true, { width, height, lift: -lift })).toBeCloseTo(kept, 2);
  });

  it('is decided by the sixteenth that changes most, by its mean', () => {
    for (const [column, row] of [
      [0, 0],
      [3, 0],
      [2, 1],
      [1, 3],
      [3, 3],
    ] as const) {
      const isThere = (x: number, y: number): boolean => Math.floor(x / 10) === column && Math.floor(y / 16) === row;
      expect(keptWhere(isThere, { width, height })).toBeCloseTo(1 - 0.35 ** 2, 2);
      // Half of it: a mean of 0.05.
      expect(keptWhere((x, y) => isThere(x, y) && x % 2 === 0, { width, height })).toBeCloseTo(0.51, 2);
      // As large an area, but in four of them: a mean of 0.025.
      expect(keptWhere((x, y) => isThere((x + 5) % width, (y + 8) % height), { width, height })).toBeCloseTo(0.5, 2);
    }
  });

  it('is seen in every fourth row, from the third on', () => {
    expect(keptWhere((_, y) => y % 4 === 2, { width, height })).toBeCloseTo(1 - 0.35 ** 2, 2);
    expect(keptWhere((_, y) => y % 4 !== 2, { width, height })).toBeCloseTo(0.5, 2);
    expect(keptWhere((_, y) => y === 1, { width, height: 2 })).toBeCloseTo(1 - 0.35 ** 2, 2);
  });

  it('is half where clipping hides it: white cannot become lighter, nor black darker', () => {
    expect(keptWhere(() => false, { width, height, lift: 0.3 })).toBeCloseTo(0.5, 2);
    const black = { width, height, pixels: new Float32Array(width * height * 3) };
    expect(shrinkCorrection(lifting(-0.25), black).coefficients[3]).toBe(-0.125);
  });
});

it('a correction is weakened towards the identity, coefficient by coefficient', () => {
  const coefficients = [2, 0.5, -0.5, 0.25, 0, 0, 1, -1, 1, 0, 3, 0];
  const strong = createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: LUMA_GUIDE, coefficients });
  expect([...weaken(strong, 0.25).coefficients]).toEqual([
    1.25, 0.125, -0.125, 0.0625, 0, 0.75, 0.25, -0.25, 0.25, 0, 1.5, 0,
  ]);
  expect(weaken(strong, 1)).toBe(strong);
});
