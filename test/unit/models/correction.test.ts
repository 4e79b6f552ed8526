import {
  createCorrection,
  DEFAULT_GUIDE,
  deserializeCorrection,
  identityCorrection,
  isIdentityCorrection,
  serializeCorrection,
  type CorrectionParts,
  type ModelError,
} from '@evenlight/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const one = { gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE };
const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

function withFirst(first: number): CorrectionParts {
  return { ...one, coefficients: [first, ...matrix.slice(1)] };
}

describe('a correction', () => {
  it('rounds its coefficients to 1/4096 and clamps them to ±7.999', () => {
    const numbers = [0.3, -0.3, 1 / 8192, 8, -100, 1e30];
    const got = numbers.map((number) => createCorrection(withFirst(number)).coefficients[0]! * 4096);
    expect(got).toEqual([1229, -1229, 1, 32763, -32763, 32763]);
  });

  it('keeps its guide as 32-bit floats', () => {
    const { guide } = createCorrection({ ...withFirst(1), guide: { weights: [0.1, 0.2, 0.7], gamma: 0.45 } });
    expect(guide).toEqual({ weights: [0.1, 0.2, 0.7].map(Math.fround), gamma: Math.fround(0.45) });
  });

  it('is made of copies', () => {
    const coefficients = Float32Array.from(matrix);
    const correction = createCorrection({ ...one, coefficients });
    coefficients.fill(3);
    expect(isIdentityCorrection(correction)).toBe(true);
  });

  const refused: [string, CorrectionParts][] = [
    ['NaN', withFirst(NaN)],
    ['infinity', withFirst(Infinity)],
    ['eleven coefficients', { ...one, coefficients: matrix.slice(1) }],
    ['a side of 0', { ...one, gridWidth: 0, coefficients: [] }],
    ['a side of 256', { ...one, gridHeight: 256, coefficients: new Float32Array(256 * 12) }],
    ['a side of 1.5', { ...one, gridDepth: 1.5, coefficients: new Float32Array(18) }],
    ['a guide that is no number', { ...withFirst(1), guide: { weights: [NaN, 0, 0], gamma: 1 } }],
    ['a guide gamma of 0', { ...withFirst(1), guide: { weights: [1, 0, 0], gamma: 0 } }],
  ];
  for (const [what, parts] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => createCorrection(parts)).toThrow(expect.objectContaining({ code: 'BAD_CORRECTION' }) as ModelError);
    });
  }

  it('has sides of 1 to 255, and as many coefficients as they need', () => {
    const sides = (gridWidth: number, gridHeight: number, gridDepth: number): CorrectionParts => ({
      ...{ ...one, gridWidth, gridHeight, gridDepth },
      coefficients: new Float32Array(gridWidth * gridHeight * gridDepth * 12),
    });
    for (const parts of [sides(255, 1, 1), sides(1, 255, 1), sides(1, 1, 255)])
      expect(createCorrection(parts).coefficients).toHaveLength(255 * 12);
    expect(() => createCorrection(sides(1, 1, 256))).toThrow('grid is 1×1×256, needs sides of 1 to 255');
    expect(() => createCorrection({ ...sides(2, 1, 1), coefficients: matrix })).toThrow(
      'grid has 12 coefficients, needs 24',
    );
    expect(() => createCorrection({ ...one, coefficients: [...matrix.slice(1), NaN] })).toThrow(
      'coefficient 11 is NaN, needs a number',
    );
  });

  it('has a guide with weights up to 16 and a gamma of 0.1 to 10', () => {
    const guided = (weight: number, channel: number, gamma: number): CorrectionParts => {
      const weights = [0.25, 0.25, 0.25].map((value, c) => (c === channel ? weight : value));
      return { ...withFirst(1), guide: { weights: weights as unknown as [number, number, number], gamma } };
    };
    for (const channel of [0, 1, 2]) {
      for (const sign of [1, -1]) {
        expect(createCorrection(guided(sign * 16, channel, 1)).guide.weights[channel]).toBe(sign * 16);
        expect(() => createCorrection(guided(sign * 16.01, channel, 1))).toThrow(/^guide has weights .* within ±16/);
      }
    }
    expect([0.1, 10].map((gamma) => createCorrection(guided(1, 0, gamma)).guide.gamma)).toEqual([Math.fround(0.1), 10]);
    for (const gamma of [0.099, 10.01])
      expect(() => createCorrection(guided(1, 0, gamma))).toThrow(`and gamma ${gamma}, needs weights within ±16`);
  });

  it('is the identity only if every cell is', () => {
    const identity = identityCorrection({ gridWidth: 2, gridHeight: 2, gridDepth: 2 });
    expect(isIdentityCorrection(identity)).toBe(true);
    const coefficients = identity.coefficients.slice();
    coefficients[95] = 1 / 4096;
    expect(isIdentityCorrection(createCorrection({ ...identity, coefficients }))).toBe(false);
  });
});

describe('the binary form', () => {
  const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const small = createCorrection({
    ...one,
    guide: { weights: [0.25, 0.5, 0.25], gamma: 1 },
    coefficients: [...matrix.slice(1), -1.5],
  });
  const valid = serializeCorrection(small);

  it('is a header of 24 bytes and 16-bit coefficients, little endian', () => {
    expect(hex(valid)).toBe(
      '45 56 4c 43 01 01 01 01 00 00 80 3e 00 00 00 3f 00 00 80 3e 00 00 80 3f ' +
        '00 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 00 00 10 00 00 00 e8',
    );
  });

  it('takes 196 632 bytes for 32×32×8 cells', () => {
    expect(serializeCorrection(identityCorrection({ gridWidth: 32, gridHeight: 32, gridDepth: 8 })).length).toBe(
      196_632,
    );
  });

  it('loses nothing', () => {
    const side = fc.integer({ min: 1, max: 4 });
    const anything = fc.tuple(
      side,
      side,
      side,
      fc.infiniteStream(fc.double({ min: -12, max: 12, noNaN: true })),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
    );
    fc.assert(
      fc.property(anything, ([gridWidth, gridHeight, gridDepth, stream, gamma]) => {
        const coefficients = [...stream.take(gridWidth * gridHeight * gridDepth * 12)];
        const guide = { weights: [0.3, 0.6, 0.1] as const, gamma: Math.max(0.11, gamma) };
        const correction = createCorrection({ gridWidth, gridHeight, gridDepth, guide, coefficients });
        const bytes = serializeCorrection(correction);
        expect(deserializeCorrection(bytes)).toEqual(correction);
        expect(serializeCorrection(deserializeCorrection(bytes))).toEqual(bytes);
      }),
    );
  });

  it('is read at any offset of a larger buffer', () => {
    const buffer = new Uint8Array(valid.length + 7);
    buffer.set(valid, 3);
    expect(deserializeCorrection(buffer.subarray(3, 3 + valid.length))).toEqual(small);
  });

  const changed = (at: number, ...values: number[]): Uint8Array => {
    const bytes = valid.slice();
    bytes.set(values, at);
    return bytes;
  };
  const refused: [string, Uint8Array, RegExp][] = [
    ['nothing', new Uint8Array(0), /has 0 bytes/],
    ['a header cut short', valid.subarray(0, 23), /has 23 bytes/],
    ['another magic', changed(0, 0x50), /50 56 4c 43/],
    ['version 2', changed(4, 2), /version 2/],
    ['a grid of 0 columns', changed(5, 0), /48 bytes, needs 24/],
    ['fewer coefficients than its grid', changed(7, 2), /needs 72/],
    ['a byte too many', Uint8Array.of(...valid, 0), /49 bytes, needs 48/],
    ['a guide that is no number', changed(8, 0, 0, 0xc0, 0x7f), /guide/],
    ['a guide gamma of 0', changed(20, 0, 0, 0, 0), /guide/],
  ];
  for (const [what, bytes, message] of refused) {
    it(`is refused: ${what}`, () => {
      expect(() => deserializeCorrection(bytes)).toThrow(message);
      expect(() => deserializeCorrection(bytes)).toThrow(
        expect.objectContaining({ code: 'BAD_CORRECTION' }) as ModelError,
      );
    });
  }

  it('refuses 0 × 0 × 0 cells', () => {
    expect(() => deserializeCorrection(changed(5, 0, 0, 0).subarray(0, 24))).toThrow(/0×0×0/);
  });
});
