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

  const withTable = (values: unknown): unknown => ({ ...valid, curves: [{ type: 'table', values }] });
  const rising = (count: number): number[] => Array.from({ length: count }, (_, i) => i / (count - 1));
  const notATable = /^colour space is not valid: curves: /;
  const limits: [string, unknown, unknown, RegExp][] = [
    ['65,536 entries', withTable(rising(65_536)), withTable(rising(65_537)), notATable],
    ['2 entries', withTable([0, 1]), withTable([1]), notATable],
    ['entries up to 1000', withTable([-1000, 1000]), withTable([-1000.1, 1000]), notATable],
    ['numbers', withTable([0, 1]), withTable([0, '1']), notATable],
    ['a list', withTable([0, 1]), withTable({ length: 2 }), notATable],
    [
      'numbers up to 1000',
      { ...valid, matrix: [1000, 0, 0, 0, -1000, 0, 0, 0, 1] },
      wideMatrix(1000.1),
      /: matrix\.0: /,
    ],
    [
      'numbers from -1000',
      { ...valid, matrix: [1000, 0, 0, 0, -1000, 0, 0, 0, 1] },
      wideMatrix(-1000.1),
      /: matrix\.0: /,
    ],
    ['200 letters', { ...valid, name: 'x'.repeat(200) }, { ...valid, name: 'x'.repeat(201) }, /: name: /],
    ['an object', valid, 'sRGB', /^colour space is not valid: value: /],
  ];

  function wideMatrix(first: number): unknown {
    return { ...valid, matrix: [first, 0, 0, 0, 1, 0, 0, 0, 1] };
  }

  it.each(limits)('may have %s and no more or less', (_, allowed, refused, message) => {
    expect(() => parseColorSpace(allowed)).not.toThrow();
    expect(() => parseColorSpace(refused)).toThrow(message);
  });

  it('has the first 200 letters of its name', () => {
    expect(serializeColorSpace({ ...colorSpaces.srgb, name: 'x'.repeat(250) }).name).toBe('x'.repeat(200));
  });
});
