import {
  colorSpaces,
  linearColorSpace,
  parseColorSpace,
  serializeColorSpace,
  type ColorSpace,
  type ModelError,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

function overTheWire(space: ColorSpace): ColorSpace {
  return parseColorSpace(JSON.parse(JSON.stringify(serializeColorSpace(space))));
}

function numbersOf({ kind, name, toXyzD50, transfer, channelTransfers }: ColorSpace): unknown {
  return { kind, name, toXyzD50, curves: (channelTransfers ?? [transfer]).map(({ curve }) => curve) };
}

describe('a colour space as JSON', () => {
  const { transfer } = colorSpaces.rec2020;
  const table = { ...colorSpaces.srgb, channelTransfers: [colorSpaces.srgb.transfer, transfer, transfer] } as const;
  const spaces: ColorSpace[] = [...Object.values(colorSpaces), linearColorSpace(colorSpaces.proPhoto), table];

  for (const space of spaces) {
    it(`comes back with the same numbers: ${space.name}, ${space.channelTransfers ? 'three curves' : 'one curve'}`, () => {
      const parsed = overTheWire(space);
      const expected = space.channelTransfers ? { ...space, transfer } : space;
      expect(numbersOf(parsed)).toEqual(numbersOf(expected));
      expect(parsed.transfer.decode(0.37)).toBe(expected.transfer.decode(0.37));
    });
  }

  const valid = serializeColorSpace(colorSpaces.adobeRgb);
  const refused: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'sRGB'],
    ['an unknown kind', { ...valid, kind: 'cmyk' }],
    ['eight numbers', { ...valid, matrix: valid.matrix.slice(1) }],
    ['a matrix with null', { ...valid, matrix: [...valid.matrix.slice(1), null] }],
    ['a singular matrix', { ...valid, matrix: new Array(9).fill(1) }],
    ['a huge matrix', { ...valid, matrix: new Array(9).fill(1e300) }],
    ['two curves', { ...valid, curves: [{ type: 'linear' }, { type: 'linear' }] }],
    ['no curve', { ...valid, curves: [] }],
    ['an unknown curve', { ...valid, curves: [{ type: 'eval' }] }],
    ['a gamma of 900', { ...valid, curves: [{ type: 'gamma', gamma: 900 }] }],
    ['a falling table', { ...valid, curves: [{ type: 'table', values: [1, 0] }] }],
    ['a table of 65537 entries', { ...valid, curves: [{ type: 'table', values: new Array(65537).fill(0) }] }],
    ['a name of 10 000 letters', { ...valid, name: 'x'.repeat(10_000) }],
  ];

  for (const [what, json] of refused) {
    it(`is refused with ${what}`, () => {
      expect(() => parseColorSpace(json)).toThrow(expect.objectContaining({ code: 'BAD_COLOR_SPACE' }) as ModelError);
    });
  }
});
