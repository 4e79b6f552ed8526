import {
  colorSpaceByName,
  colorSpaces,
  createTransferFunction,
  isSrgbEncoded,
  linearColorSpace,
  toSrgbMatrix,
  type ModelError,
  type ToneCurve,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

describe('matrices to XYZ D50', () => {
  // As published: the sRGB and Display P3 profiles' colorants, Adobe RGB (1998) §4.3.5.3, Lindbloom's ProPhoto RGB, BT.2020 in D50.
  const published: [keyof typeof colorSpaces, readonly number[]][] = [
    ['srgb', [0.43607, 0.38515, 0.14307, 0.22249, 0.71687, 0.06061, 0.01392, 0.09708, 0.7141]],
    ['adobeRgb', [0.60974, 0.20528, 0.14919, 0.31111, 0.62567, 0.06322, 0.01947, 0.06087, 0.74457]],
    ['displayP3', [0.51512, 0.29198, 0.1571, 0.2412, 0.69225, 0.06657, -0.00105, 0.04189, 0.78407]],
    ['proPhoto', [0.79767, 0.13519, 0.03135, 0.28804, 0.71187, 0.00009, 0, 0, 0.82521]],
    ['rec2020', [0.67348, 0.16566, 0.1251, 0.27904, 0.67534, 0.04563, -0.00193, 0.02998, 0.79716]],
  ];

  for (const [key, matrix] of published) {
    it(`of ${colorSpaces[key].name} is the published one to 0.0005`, () => {
      colorSpaces[key].toXyzD50.forEach((value, index) => expect(Math.abs(value - matrix[index]!)).toBeLessThan(5e-4));
    });
  }

  it('send white to D50, so that neutral stays neutral', () => {
    for (const { toXyzD50: m } of Object.values(colorSpaces)) {
      expect(m[0]! + m[1]! + m[2]!).toBeCloseTo(0.9642, 10);
      expect(m[3]! + m[4]! + m[5]!).toBeCloseTo(1, 10);
      expect(m[6]! + m[7]! + m[8]!).toBeCloseTo(0.8249, 10);
    }
  });
});

describe('transfer functions', () => {
  // IEC 61966-2-1 eq. 5, Adobe RGB §4.3.1.2, ISO 22028-2, BT.2020 Table 4, evaluated by hand.
  const decoded: [keyof typeof colorSpaces, number, number][] = [
    ['srgb', 0.5, 0.2140411],
    ['srgb', 0.02, 0.00154799],
    ['adobeRgb', 0.5, 0.5 ** 2.19921875],
    ['proPhoto', 0.5, 0.5 ** 1.8],
    ['proPhoto', 0.02, 0.02 / 16],
    ['proPhotoProfile', 0.02, 0.02 ** 1.80078125],
    ['rec2020', 0.4088484, 0.18],
    ['rec2020', 0.045, 0.01],
    ['rec2020', 0.1, 0.0224893],
    ['rec2020Gamma24', 0.5, 0.1894646],
    ['grayGamma18', 0.5, 0.2871746],
    ['grayGamma22', 0.5, 0.2176376],
  ];

  for (const [key, encoded, linear] of decoded) {
    it(`of ${colorSpaces[key].name} turns ${encoded} into ${linear.toPrecision(6)}`, () => {
      expect(colorSpaces[key].transfer.decode(encoded)).toBeCloseTo(linear, 6);
      expect(colorSpaces[key].transfer.encode(linear)).toBeCloseTo(encoded, 5);
    });
  }

  it('give back what they were given, below 0 and above 1 too', () => {
    const worst = Object.values(colorSpaces).map(({ transfer }) => {
      let error = 0;
      for (let x = -2; x <= 3; x += 0.001) error = Math.max(error, Math.abs(transfer.encode(transfer.decode(x)) - x));
      return error;
    });
    // 0.04045 and 0.0031308 of the sRGB standard are rounded: its branches miss each other by 3e-8 of light.
    expect(Math.max(...worst)).toBeLessThan(1e-6);
  });

  it('are mirrored below 0', () => {
    for (const { transfer } of Object.values(colorSpaces)) {
      expect(transfer.decode(-0.3)).toBe(-transfer.decode(0.3));
      expect(transfer.encode(-0.01)).toBe(-transfer.encode(0.01));
    }
  });

  it('from a table interpolate and go on beyond its end', () => {
    const { decode, encode } = createTransferFunction({ type: 'table', values: [0, 0.1, 0.4, 1] });
    expect(decode(1 / 2)).toBeCloseTo(0.25, 5);
    expect(encode(0.25)).toBeCloseTo(1 / 2, 5);
    expect(decode(1.1)).toBeCloseTo(1 + 0.1 * 1.8, 5);
    expect(encode(decode(1.1))).toBeCloseTo(1.1, 5);
    expect(decode(Number.NaN)).toBeNaN();
    expect(encode(Number.NaN)).toBeNaN();
  });

  it('from a table with flat steps keep codes apart', () => {
    const flat = Array.from({ length: 256 }, (_, i) => Math.round((i / 255) ** 2.2 * 255) / 255);
    const { decode, encode } = createTransferFunction({ type: 'table', values: flat });
    for (let code = 0; code < 256; code++) expect(encode(decode(code / 255)) * 255).toBeCloseTo(code, 4);
  });

  const refused: [string, ToneCurve][] = [
    ['a gamma of 0', { type: 'gamma', gamma: 0 }],
    ['a gamma that is no number', { type: 'gamma', gamma: NaN }],
    ['a falling table', { type: 'table', values: [1, 0.5, 0] }],
    ['a flat table', { type: 'table', values: [0.5, 0.5] }],
    ['a table of one entry', { type: 'table', values: [1] }],
    ['a table with infinity', { type: 'table', values: [0, Infinity] }],
    ['a falling formula', { type: 'parametric', g: 1, a: -1, b: 1, c: 0, d: 0, e: 0, f: 0 }],
    ['a flat formula', { type: 'parametric', g: 1, a: 1, b: 0, c: 0, d: 2, e: 0, f: 0.5 }],
  ];

  for (const [what, curve] of refused) {
    it(`refuse ${what}`, () => {
      expect(() => createTransferFunction(curve)).toThrow(
        expect.objectContaining({ code: 'BAD_COLOR_SPACE' }) as ModelError,
      );
    });
  }
});

describe('colour spaces by name', () => {
  const names: [string, string | undefined][] = [
    ['sRGB IEC61966-2.1', 'sRGB IEC61966-2.1'],
    ['Adobe RGB (1998)', 'Adobe RGB (1998)'],
    ['adobergb1998', 'Adobe RGB (1998)'],
    ['Display P3', 'Display P3'],
    ['ProPhoto RGB', 'ProPhoto RGB'],
    ['ROMM RGB: ISO 22028-2:2013', 'ROMM RGB: ISO 22028-2:2013'],
    ['Rec. ITU-R BT.2020-1', 'Rec. ITU-R BT.2020-1'],
    ['Gray Gamma 2.2', 'Gray Gamma 2.2'],
    ['Generic Gray Gamma 2.2 Profile', 'Gray Gamma 2.2'],
    ['U.S. Web Coated (SWOP) v2', undefined],
    ['', undefined],
    ['constructor', undefined],
  ];

  for (const [name, expected] of names) {
    it(`"${name}" is ${expected ?? 'not known'}`, () => expect(colorSpaceByName(name)?.name).toBe(expected));
  }

  it('takes the suffix of 32-bit documents as linear light', () => {
    const space = colorSpaceByName('Adobe RGB (1998) (Linear RGB Profile)');
    expect(space?.transfer.isLinear).toBe(true);
    expect(space?.toXyzD50).toEqual(colorSpaces.adobeRgb.toXyzD50);
    expect(space?.name).toBe('Adobe RGB (1998) (Linear RGB Profile)');
  });
});

describe('a linear space', () => {
  it('is returned as it is, and named by its kind', () => {
    const linear = linearColorSpace(colorSpaces.displayP3);
    expect([linear.name, linear.transfer.decode(0.3)]).toEqual(['Display P3 (Linear RGB Profile)', 0.3]);
    expect(linearColorSpace(linear)).toBe(linear);
    expect(linearColorSpace(colorSpaces.grayGamma22).name).toBe('Gray Gamma 2.2 (Linear Grayscale Profile)');
    // Its channels may have curves of their own still.
    const { transfer } = colorSpaces.srgb;
    const curved = linearColorSpace({ ...linear, channelTransfers: [transfer, transfer, transfer] });
    expect(curved.channelTransfers).toBeUndefined();
  });
});

describe('what sRGB is', () => {
  it('is known by its numbers, not by its name', () => {
    expect(isSrgbEncoded({ ...colorSpaces.srgb, name: 'camera' })).toBe(true);
    expect(isSrgbEncoded({ ...colorSpaces.adobeRgb, name: 'sRGB' })).toBe(false);
    expect(isSrgbEncoded(colorSpaces.displayP3)).toBe(false);
    expect(isSrgbEncoded(linearColorSpace(colorSpaces.srgb))).toBe(false);
    expect(isSrgbEncoded(colorSpaces.graySrgb)).toBe(true);
  });

  it('needs no matrix, other primaries do', () => {
    expect(toSrgbMatrix(linearColorSpace(colorSpaces.srgb))).toBeUndefined();
    // Adobe RGB's red is sRGB's red with more light: G and B stay at 0.
    const matrix = toSrgbMatrix(colorSpaces.adobeRgb)!;
    expect([matrix[0]!, matrix[3]!, matrix[6]!].map((value) => Math.round(value * 1e3) / 1e3)).toEqual([1.398, 0, 0]);
  });
});
