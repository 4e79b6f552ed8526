import { colorSpaces, isSrgbEncoded, ModelError, parseIccProfile } from '@evenlight/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ascii,
  curv,
  element,
  localizedDescription,
  makeIccProfile,
  matrixTags,
  para,
  xyz,
  type Tag,
} from './make-icc-profile.ts';

const { adobeRgb, displayP3, srgb } = colorSpaces;
/** As the profile that HP and Microsoft made for sRGB has it: 1024 entries of 16 bits. */
const srgbTable = curv(...Array.from({ length: 1024 }, (_, i) => Math.round(srgb.transfer.decode(i / 1023) * 65535)));
const srgbFormula = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
/** No well-known space: sRGB's primaries with red and green drawn together. */
const ownMatrix = [0.5, 0.33, 0.1342, 0.27, 0.67, 0.06, 0.0142, 0.0965, 0.7142];

function withCurve(curve: Uint8Array): ReturnType<typeof parseIccProfile> {
  return parseIccProfile(makeIccProfile(matrixTags(ownMatrix, [curve])));
}

describe('profiles of well-known spaces', () => {
  it('reads version 2 with a table of 1024 entries as sRGB, which needs no computing', () => {
    const space = parseIccProfile(makeIccProfile(matrixTags(srgb.toXyzD50, [srgbTable], 'sRGB IEC61966-2.1')));
    expect(isSrgbEncoded(space)).toBe(true);
    expect(space.name).toBe('sRGB IEC61966-2.1');
  });

  it('reads version 4 with a formula and a name in UTF-16 as Display P3', () => {
    const tags = matrixTags(displayP3.toXyzD50, [srgbFormula]).map(([signature, content]): Tag => [
      signature,
      signature === 'desc' ? localizedDescription('Écran P3') : content,
    ]);
    const space = parseIccProfile(makeIccProfile(tags, { version: 4 }));
    expect(space.toXyzD50).toEqual(displayP3.toXyzD50);
    expect(space.name).toBe('Écran P3');
  });

  it('reads gamma 563/256 with Adobe RGB primaries as Adobe RGB', () => {
    const space = parseIccProfile(makeIccProfile(matrixTags(adobeRgb.toXyzD50, [curv(563)], 'Mine')));
    expect(space).toEqual({ ...adobeRgb, name: 'Mine' });
  });

  it('tells ProPhoto RGB with a pure gamma from ROMM RGB with its toe', () => {
    const { proPhoto, proPhotoProfile } = colorSpaces;
    const pure = parseIccProfile(makeIccProfile(matrixTags(proPhoto.toXyzD50, [curv(461)])));
    const toe = parseIccProfile(makeIccProfile(matrixTags(proPhoto.toXyzD50, [para(3, 1.8, 1, 0, 1 / 16, 1 / 32)])));
    expect(pure.transfer).toBe(proPhotoProfile.transfer);
    expect(toe.transfer).toBe(proPhoto.transfer);
  });

  it('reads a gray profile', () => {
    const space = parseIccProfile(makeIccProfile([['kTRC', curv(Math.round(2.2 * 256))]], { space: 'GRAY' }));
    expect(space.transfer).toBe(colorSpaces.grayGamma22.transfer);
    expect(space).toMatchObject({ kind: 'gray', name: 'ICC profile' });
  });

  it('brings colorants that were never adapted from D65 to D50', () => {
    const d65 = [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505];
    expect(isSrgbEncoded(parseIccProfile(makeIccProfile(matrixTags(d65, [srgbFormula]))))).toBe(true);
  });
});

describe('curves', () => {
  const at = [0, 0.02, 0.3, 0.8, 1];
  const curves: [string, Uint8Array, (x: number) => number][] = [
    ['curv without entries', curv(), (x) => x],
    ['curv gamma 1', curv(256), (x) => x],
    ['curv gamma 1.5', curv(384), (x) => x ** 1.5],
    ['curv gamma 2.5', curv(640), (x) => x ** 2.5],
    ['curv of two entries', curv(0, 65535), (x) => x],
    ['curv of three entries', curv(0, 16384, 65535), (x) => (x < 0.5 ? x / 2 : 0.25 + (x - 0.5) * 1.5)],
    ['para type 0', para(0, 2.5), (x) => x ** 2.5],
    ['para type 1', para(1, 2, 1.25, -0.25), (x) => Math.max(0, 1.25 * x - 0.25) ** 2],
    ['para type 2', para(2, 2, 1.2, -0.25, 0.0625), (x) => Math.max(0, 1.2 * x - 0.25) ** 2 + 0.0625],
    ['para type 3', para(3, 2, 0.9, 0.1, 0.25, 0.05), (x) => (x >= 0.05 ? (0.9 * x + 0.1) ** 2 : 0.25 * x)],
    [
      'para type 4',
      para(4, 2, 0.9, 0.05, 0.25, 0.05, 0.01, 0.005),
      (x) => (x >= 0.05 ? (0.9 * x + 0.05) ** 2 + 0.01 : 0.25 * x + 0.005),
    ],
  ];

  for (const [title, curve, expected] of curves) {
    it(`are read: ${title}`, () => {
      const { transfer } = withCurve(curve);
      for (const x of at) expect(transfer.decode(x)).toBeCloseTo(expected(x), 3);
      expect(transfer.encode(transfer.decode(0.6))).toBeCloseTo(0.6, 4);
    });
  }

  it('may differ between the channels', () => {
    const { channelTransfers } = parseIccProfile(
      makeIccProfile(matrixTags(ownMatrix, [curv(512), curv(563), curv(640)])),
    );
    expect(channelTransfers?.map(({ decode }) => Math.round(decode(0.5) * 1000))).toEqual([250, 218, 177]);
  });
});

describe('a profile', () => {
  it('has one curve where its three are equal', () => {
    expect(withCurve(curv(512))).not.toHaveProperty('channelTransfers');
  });

  it('has 200 tags or fewer', () => {
    const tags = (count: number): Uint8Array => {
      const matrix = matrixTags(ownMatrix, [curv(512)]);
      const more = Array.from({ length: count - matrix.length }, (_, i): Tag => [`x${100 + i}`, curv()]);
      return makeIccProfile([...matrix, ...more]);
    };
    expect(parseIccProfile(tags(200)).kind).toBe('rgb');
    expect(() => parseIccProfile(tags(201))).toThrow('profile has 201 tags, needs 200 or fewer');
  });

  it.each([
    [0.21, 1.99, true],
    [0.2, 1, false],
    [1, 2, false],
  ])('has a white between 0.2 and 2: XYZ with %d and %d', (low, high, isWhite) => {
    for (const [x, y, z] of [
      [low, high, 1],
      [1, low, high],
      [high, 1, low],
    ] as const) {
      const profile = makeIccProfile(matrixTags([x, 0, 0, 0, y, 0, 0, 0, z], [curv(512)]));
      if (isWhite) expect(parseIccProfile(profile).kind).toBe('rgb');
      else expect(() => parseIccProfile(profile)).toThrow(/^white is XYZ .*, needs a white$/);
    }
  });
});

describe('what is no matrix or gray profile', () => {
  const matrix = matrixTags(srgb.toXyzD50, [srgbFormula]);
  const replace = (signature: string, content: Uint8Array): Tag[] =>
    matrix.map(([name, old]): Tag => [name, name === signature ? content : old]);
  const valid = makeIccProfile(matrix);
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = valid.slice();
    new DataView(bytes.buffer).setUint32(at, value);
    return bytes;
  };
  const refused: [string, Uint8Array, RegExp][] = [
    ['no bytes', new Uint8Array(0), /0 bytes without "acsp"/],
    ['a header without a number of tags', valid.subarray(0, 131), /^131 bytes without "acsp" at 36/],
    ['text', ascii('profile'.repeat(40)), /no ICC profile/],
    ['CMYK', makeIccProfile([], { space: 'CMYK' }), /from "CMYK" to "XYZ "/],
    ['Lab', makeIccProfile([], { space: 'Lab ' }), /from "Lab "/],
    [
      'a gray profile to Lab',
      makeIccProfile([['kTRC', curv(512)]], { space: 'GRAY', connection: 'Lab ' }),
      /to "Lab "/,
    ],
    ['tables alone', makeIccProfile([['A2B0', element('mft2', 60, () => undefined)]]), /has no rXYZ.*A2B0/],
    ['a matrix without a curve', makeIccProfile(matrix.slice(0, 6)), /no bTRC/],
    [
      'a curve of type "text"',
      makeIccProfile(
        replace(
          'gTRC',
          element('text', 20, () => undefined),
        ),
      ),
      /^gTRC is of type "text"/,
    ],
    ['parametric type 5', makeIccProfile(replace('gTRC', para(5, 1))), /parametric type 5/],
    ['a gamma of 0', makeIccProfile(replace('gTRC', curv(0))), /gamma is 0/],
    [
      'a falling table',
      makeIccProfile(replace('gTRC', curv(65535, 0))),
      /^profile "Made": curve table goes from 1 to 0/,
    ],
    ['a colorant of type "curv"', makeIccProfile(replace('rXYZ', curv(1))), /rXYZ is of type "curv"/],
    ['colorants of 0', makeIccProfile(matrixTags(new Array<number>(9).fill(0), [curv()])), /needs a white/],
    [
      'three equal colorants',
      makeIccProfile(matrixTags([0.32, 0.32, 0.32, 0.33, 0.33, 0.33, 0.27, 0.27, 0.27], [curv()])),
      /determinant/,
    ],
    ['4 294 967 295 tags', changed(128, 0xffffffff), /4294967295 tags/],
    ['a tag table that is cut off', changed(128, 150), /needs/],
    ['a tag beyond the end', changed(136 + 12, 0x7fffffff), /has \d+ bytes, needs/],
    [
      'a table longer than the profile',
      makeIccProfile(
        replace(
          'gTRC',
          element('curv', 12, (view) => view.setUint32(8, 60_000)),
        ),
      ),
      /needs/,
    ],
    [
      'a table of 2^32 - 1 entries',
      makeIccProfile(
        replace(
          'gTRC',
          element('curv', 12, (view) => view.setUint32(8, 0xffffffff)),
        ),
      ),
      /entries/,
    ],
  ];

  for (const [what, bytes, message] of refused) {
    it(`is refused: ${what}`, () => {
      expect(() => parseIccProfile(bytes)).toThrow(message);
      expect(() => parseIccProfile(bytes)).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED_PROFILE' }) as ModelError,
      );
    });
  }

  it('is never anything but an UNSUPPORTED_PROFILE, whatever is changed or cut in a good profile', () => {
    const sources = [
      makeIccProfile(matrixTags(ownMatrix, [curv(0, 100, 9000, 65535)])),
      makeIccProfile([...matrixTags(ownMatrix, [srgbFormula]), ['desc', localizedDescription('Name')]], { version: 4 }),
      makeIccProfile(
        [
          ['kTRC', para(4, 2, 1, 0, 1, 0, 0, 0)],
          ['wtpt', xyz(0.9642, 1, 0.8249)],
        ],
        { space: 'GRAY' },
      ),
    ];
    const edit = fc.record({ at: fc.nat(), value: fc.constantFrom(0, 1, 4, 127, 128, 255) });
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.array(edit, { maxLength: 12 }), fc.nat(), (source, edits, cut) => {
        const bytes = source.slice(0, source.length - (cut % 5 === 0 ? cut % source.length : 0));
        for (const { at, value } of edits) bytes[at % bytes.length] = value;
        try {
          const { transfer, toXyzD50 } = parseIccProfile(bytes);
          return toXyzD50.every(Number.isFinite) && Number.isFinite(transfer.decode(0.5));
        } catch (error) {
          return error instanceof ModelError && error.code === 'UNSUPPORTED_PROFILE';
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is read from the middle of a larger buffer', () => {
    const buffer = new Uint8Array(valid.length + 64);
    buffer.set(valid, 32);
    expect(isSrgbEncoded(parseIccProfile(buffer.subarray(32, 32 + valid.length)))).toBe(true);
  });
});
