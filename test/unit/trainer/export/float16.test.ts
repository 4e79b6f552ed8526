import { describe, expect, it } from 'vitest';
import { toFloat16 } from '@evenlight/trainer/src/export/float16.ts';

const half = (value: number): string => toFloat16(Float32Array.of(value))![0]!.toString(16).padStart(4, '0');

describe('toFloat16', () => {
  // IEEE 754-2019, table 3.5: 5 exponent bits, 10 mantissa bits.
  it.each([
    [0, '0000'],
    [-0, '8000'],
    [1, '3c00'],
    [-2, 'c000'],
    [65504, '7bff'],
    [0.333251953125, '3555'],
    [2 ** -14, '0400'],
    [2 ** -24, '0001'],
    [2 ** -14 - 2 ** -24, '03ff'],
    [2 ** -26, '0000'],
  ])('writes %d as %s', (value, bits) => {
    expect(half(value)).toBe(bits);
  });

  it('rounds to nearest, ties to even', () => {
    expect(half(1 + 2 ** -11)).toBe('3c00');
    expect(half(1 + 3 * 2 ** -11)).toBe('3c02');
    expect(half(1 + 2 ** -11 + 2 ** -20)).toBe('3c01');
    expect(half(2 - 2 ** -12)).toBe('4000');
    expect(half(1.5 * 2 ** -24)).toBe('0002');
  });

  it('refuses what does not fit', () => {
    expect(toFloat16(Float32Array.of(1, 65_536))).toBeUndefined();
    expect(toFloat16(Float32Array.of(NaN))).toBeUndefined();
  });
});
