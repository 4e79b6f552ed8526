import { applyToProxy, createCorrection, DEFAULT_ADJUSTMENT, type ProxyImage } from '@evenlight/models';
import { keepGray } from '@evenlight/models/src/keep-gray.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

/** Another tone curve for each channel, the channels mixed. */
const tinting = createCorrection({
  gridWidth: 2,
  gridHeight: 2,
  gridDepth: 4,
  guide: LUMA_GUIDE,
  coefficients: Float32Array.from({ length: 2 * 2 * 4 * 12 }, (_, i) => {
    const [row, column] = [Math.floor((i % 12) / 4), i % 4];
    if (column === 3) return [0.05, 0.02, -0.03][row]!;
    return row === column ? 1.2 - 0.1 * row + 0.01 * (Math.floor(i / 12) % 7) : 0.03 * (row - column);
  }),
});

function picture(spread: number): ProxyImage {
  const pixels = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => {
    const value = 0.1 + (0.8 * (Math.floor(i / 3) % 97)) / 97;
    return value + (i % 3 === 2 ? spread : 0);
  });
  return { width: 32, height: 32, pixels };
}

function largestSpread({ pixels }: ProxyImage): number {
  let largest = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    const channels = [...pixels.subarray(i, i + 3)];
    largest = Math.max(largest, Math.max(...channels) - Math.min(...channels));
  }
  return largest;
}

describe('a photograph without colour', () => {
  it('has none after a correction that would tint it', () => {
    const proxy = picture(0);
    expect(largestSpread(applyToProxy(tinting, DEFAULT_ADJUSTMENT, proxy))).toBeGreaterThan(0.05);
    expect(largestSpread(applyToProxy(keepGray(tinting, proxy), DEFAULT_ADJUSTMENT, proxy))).toBe(0);
  });

  it('may differ by a code between its channels, as after JPEG', () => {
    const proxy = picture(1 / 255);
    expect(largestSpread(applyToProxy(keepGray(tinting, proxy), DEFAULT_ADJUSTMENT, proxy))).toBeLessThan(1e-6);
  });

  it('is told from one with little colour', () => {
    expect(keepGray(tinting, picture(2 / 255))).toBe(tinting);
  });

  it.each([0, 1, 2])('may differ by a code and a half in channel %i, and no more', (channel) => {
    const differing = (codes: number): ProxyImage => {
      const pixels = Float32Array.from({ length: 12 }, (_, i) => (i % 3 === channel && i > 8 ? codes / 255 : 0) + 0.5);
      return { width: 4, height: 1, pixels };
    };
    for (const sign of [1, -1]) {
      expect(keepGray(tinting, differing(sign * 1.4))).not.toBe(tinting);
      expect(keepGray(tinting, differing(sign * 1.6))).toBe(tinting);
    }
  });

  it('is corrected by the mean of the three rows of each cell, by luma', () => {
    const coefficients = [1, 0, 2, 0, 0, 1, -1, 0, 0, 0, 4, 1, ...new Array<number>(12).fill(0.5)];
    const size = { gridWidth: 1, gridHeight: 1, gridDepth: 2, guide: LUMA_GUIDE };
    const { coefficients: kept } = keepGray(createCorrection({ ...size, coefficients }), picture(0));
    // 0.2126, 0.7152, 2 · 0.2126 − 0.7152 + 4 · 0.0722, 0.0722.
    const row = [0.2126, 0.7152, -0.0012, 0.0722];
    [...row, ...row, ...row].forEach((value, i) => expect(kept[i]).toBeCloseTo(value, 3));
    expect([...kept.subarray(12)]).toEqual(new Array(12).fill(0.5));
  });
});
