import {
  applyToProxy,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  isIdentityCorrection,
  type Correction,
  type ProxyImage,
} from '@evenlight/models';
import { shrinkCorrection } from '@evenlight/models/src/shrink-correction.ts';
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
