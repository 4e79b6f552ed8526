import { describe, expect, it } from 'vitest';
import { decimalText, evText, percentText, signedText } from '@evenlight/plugin/src/panel/number-text.ts';

describe('numbers', () => {
  it("have the language's decimal sign and a real minus", () => {
    expect(decimalText(-1.25, 2, 'en')).toBe('−1.25');
    expect(decimalText(1.25, 1, 'de')).toBe('1,3');
    expect(decimalText(-0.001, 1, 'en')).toBe('0.0');
  });

  it('of exposure have their sign, and none changes nothing', () => {
    expect([1.34, -0.46, 0.04, -0.04].map((ev) => evText(ev, 'en'))).toEqual(['+1.3', '−0.5', '±0', '±0']);
    expect(evText(0.5, 'de')).toBe('+0,5');
  });

  it('of exposure are typed with their sign, and 0 without', () => {
    expect([1.34, 0.5, -0.46, 0].map((ev) => signedText(ev, 'en'))).toEqual([...['+1.3', '+0.5', '−0.5', '0']]);
    expect([signedText(0.5, 'de'), signedText(-2, 'de')]).toEqual(['+0,5', '−2,0']);
  });

  it('of clipping are percent', () => {
    expect(percentText(0.0021, 'en')).toBe('0.2\u00a0%');
    expect(percentText(0.5, 'de')).toBe('50,0\u00a0%');
  });
});
