import { describe, expect, it } from 'vitest';
import { srgbDecode, srgbEncode } from '@evenlight/models/src/apply/srgb-line.ts';
import { decodeSrgb, encodeSrgb } from '../reference-slicing.ts';

/** The largest error of `tabulated` over `steps` even steps from `from` to `to`. */
function worstError(
  tabulated: (x: number) => number,
  formula: (x: number) => number,
  from: number,
  to: number,
): number {
  const steps = 50_021;
  let worst = 0;
  for (let i = 0; i <= steps; i++) {
    const x = from + ((to - from) * i) / steps;
    worst = Math.max(worst, Math.abs(tabulated(x) - formula(x)));
  }
  return worst;
}

describe('the tabulated sRGB curve', () => {
  it('encodes to within 2e-7 of the formula in -1 to 1, 4e-7 beyond', () => {
    expect(worstError(srgbEncode, encodeSrgb, -1, 1)).toBeLessThan(2e-7);
    expect(worstError(srgbEncode, encodeSrgb, 0, 0.01)).toBeLessThan(2e-7);
    expect(worstError(srgbEncode, encodeSrgb, -5, 5)).toBeLessThan(4e-7);
  });

  it('decodes to within 2e-7 of the formula in -1 to 1, 4e-7 of the value beyond', () => {
    expect(worstError(srgbDecode, decodeSrgb, -1, 1)).toBeLessThan(2e-7);
    expect(worstError(srgbDecode, decodeSrgb, -1.9, 1.9)).toBeLessThan(4e-7 * decodeSrgb(1.9));
    expect(worstError(srgbDecode, decodeSrgb, 1.9, 30)).toBeLessThan(4e-7 * decodeSrgb(30));
  });

  it('keeps to 4e-7 of the value from one power of two to the next, up to the largest float', () => {
    let worst = 0;
    for (let light = 1.1; light < 3e38; light *= 1.37) {
      const [encoded, decoded] = [encodeSrgb(Math.fround(light)), decodeSrgb(Math.fround(light))];
      worst = Math.max(worst, Math.abs(srgbEncode(light) / encoded - 1));
      if (decoded < 3e38) worst = Math.max(worst, Math.abs(srgbDecode(light) / decoded - 1));
      else expect(srgbDecode(light)).toBe(Infinity);
    }
    expect(worst).toBeLessThan(6e-7);
  });

  it('keeps the relative error of dark linear light below 2e-5', () => {
    let worst = 0;
    for (let light = 1e-8; light < 0.05; light *= 1.01) {
      worst = Math.max(worst, Math.abs(srgbDecode(srgbEncode(light)) / light - 1));
    }
    expect(worst).toBeLessThan(2e-5);
  });

  it('passes infinities and what is no number through', () => {
    expect([srgbEncode(Infinity), srgbDecode(-Infinity), srgbEncode(NaN), srgbDecode(NaN)]).toEqual([
      Infinity,
      -Infinity,
      NaN,
      NaN,
    ]);
  });
});
