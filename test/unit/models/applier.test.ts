import {
  colorSpaces,
  createApplier,
  DEFAULT_ADJUSTMENT,
  identityCorrection,
  linearColorSpace,
  MAX_CODE,
  type ModelError,
  type Adjustment,
  type Correction,
  type ImageDescription,
  type PixelArray,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, noise, roughCorrection, uniformCorrection } from './pictures.ts';
import { correctReference } from './reference-slicing.ts';

const rough = roughCorrection({ gridWidth: 5, gridHeight: 4, gridDepth: 3 });
const formats = ['uint8', 'uint16', 'uint15', 'float32'] as const;

function describeImage(parts: Partial<ImageDescription>): ImageDescription {
  return { width: 23, height: 17, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb, ...parts };
}

function apply(correction: Correction, adjustment: Adjustment, image: ImageDescription, input: PixelArray): PixelArray {
  const output = input.slice().fill(0);
  createApplier(correction, adjustment, image).applyRows(input, output, { firstRow: 0, rowCount: image.height });
  return output;
}

describe('identity', () => {
  const unchanged: [string, Correction, Adjustment][] = [
    ['an identity grid', identityCorrection({ gridWidth: 3, gridHeight: 2, gridDepth: 4 }), { strength: 1, evBias: 0 }],
    ['strength 0', rough, { strength: 0, evBias: 0 }],
  ];

  for (const [what, correction, adjustment] of unchanged) {
    for (const format of formats) {
      for (const channels of [1, 2, 3, 4] as const) {
        it(`returns ${format} pixels of ${channels} channels bit for bit with ${what}`, () => {
          const colorSpace = channels < 3 ? colorSpaces.grayGamma22 : colorSpaces.proPhoto;
          const image = describeImage({ format, channels, colorSpace });
          const input = noise(format, 23 * 17 * channels);
          expect(apply(correction, adjustment, image, input)).toEqual(input);
        });
      }
    }
  }

  it('returns floats that are not numbers, negative or huge bit for bit', () => {
    const image = describeImage({
      width: 3,
      height: 1,
      format: 'float32',
      colorSpace: linearColorSpace(colorSpaces.srgb),
    });
    const bits = Uint32Array.of(
      0x7fc12345,
      0xffa00001,
      0x80000000,
      0xff800000,
      0x7f800000,
      1,
      0xbf800000,
      0x42280000,
      0x3f000000,
    );
    const output = apply(rough, { strength: 0, evBias: 0 }, image, new Float32Array(bits.buffer));
    expect(new Uint32Array(output.buffer)).toEqual(bits);
  });

  it('says that nothing will change, and only then', () => {
    const image = describeImage({});
    expect(createApplier(rough, { strength: 0, evBias: 0 }, image).isUnchanged).toBe(true);
    expect(createApplier(identityCorrection(), DEFAULT_ADJUSTMENT, image).isUnchanged).toBe(true);
    expect(createApplier(rough, DEFAULT_ADJUSTMENT, image).isUnchanged).toBe(false);
    expect(createApplier(identityCorrection(), { strength: 0, evBias: 0.1 }, image).isUnchanged).toBe(false);
  });
});

describe('slicing', () => {
  const grids: [string, Correction][] = [
    ['5×4×3', rough],
    ['one cell', roughCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1 })],
    ['one depth', roughCorrection({ gridWidth: 2, gridHeight: 3, gridDepth: 1 })],
    ['one column', roughCorrection({ gridWidth: 1, gridHeight: 3, gridDepth: 8 })],
    ['more cells than pixels', roughCorrection({ gridWidth: 60, gridHeight: 40, gridDepth: 8 })],
    [
      'guide gamma',
      roughCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 6, guide: { ...LUMA_GUIDE, gamma: 0.45 } }),
    ],
    [
      'bent guide',
      roughCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 6, guide: { weights: [1, 1, -0.5], gamma: 1 } }),
    ],
  ];
  const adjustments: Adjustment[] = [
    { strength: 1, evBias: 0 },
    { strength: 0.3, evBias: 0 },
    { strength: 1.5, evBias: 1.7 },
    { strength: 1, evBias: -3 },
    { strength: 0, evBias: 3 },
  ];

  for (const [title, correction] of grids) {
    for (const adjustment of adjustments) {
      it(`equals plain trilinear interpolation: ${title}, strength ${adjustment.strength}, ${adjustment.evBias} EV`, () => {
        const image = describeImage({ format: 'float32' });
        const input = noise('float32', 23 * 17 * 3).map((value) => value * 1.6 - 0.3);
        const output = apply(correction, adjustment, image, input);
        let worst = 0;
        for (let i = 0; i < input.length; i += 3) {
          const place = { x: (i / 3) % 23, y: Math.floor(i / 69), width: 23, height: 17 };
          const expected = correctReference(correction, adjustment, place, [input[i]!, input[i + 1]!, input[i + 2]!]);
          for (let c = 0; c < 3; c++) worst = Math.max(worst, Math.abs(output[i + c]! - expected[c]!));
        }
        expect(worst).toBeLessThan(5e-6);
      });
    }
  }

  for (const format of ['uint8', 'uint16', 'uint15'] as const) {
    it(`rounds ${format} to the nearest code and clamps to the format's maximum`, () => {
      const image = describeImage({ format });
      const input = noise(format, 23 * 17 * 3);
      const output = apply(rough, DEFAULT_ADJUSTMENT, image, input);
      const max = MAX_CODE[format];
      let worst = 0;
      for (let i = 0; i < input.length; i += 3) {
        const place = { x: (i / 3) % 23, y: Math.floor(i / 69), width: 23, height: 17 };
        const rgb = [input[i]! / max, input[i + 1]! / max, input[i + 2]! / max] as const;
        const expected = correctReference(rough, DEFAULT_ADJUSTMENT, place, rgb);
        for (let c = 0; c < 3; c++) {
          worst = Math.max(worst, Math.abs(output[i + c]! - Math.min(max, Math.max(0, expected[c]! * max))));
        }
      }
      expect(worst).toBeLessThan(0.51);
    });
  }
});

describe('rows', () => {
  const image = describeImage({ format: 'uint16', colorSpace: colorSpaces.adobeRgb });
  const input = noise('uint16', 23 * 17 * 3);
  const whole = apply(rough, DEFAULT_ADJUSTMENT, image, input);

  for (const height of [1, 2, 5, 16]) {
    it(`gives the same pixels in strips of ${height} rows, in any order`, () => {
      const applier = createApplier(rough, DEFAULT_ADJUSTMENT, image);
      const output = new Uint16Array(input.length);
      const starts = Array.from({ length: Math.ceil(17 / height) }, (_, i) => i * height).reverse();
      for (const firstRow of starts) {
        const rowCount = Math.min(height, 17 - firstRow);
        const [from, to] = [firstRow * 69, (firstRow + rowCount) * 69];
        applier.applyRows(input.subarray(from, to), output.subarray(from, to), { firstRow, rowCount });
      }
      expect(output).toEqual(whole);
    });
  }

  it('works in place', () => {
    const pixels = input.slice();
    createApplier(rough, DEFAULT_ADJUSTMENT, image).applyRows(pixels, pixels, { firstRow: 0, rowCount: 17 });
    expect(pixels).toEqual(whole);
  });

  it('keeps to the strides and writes nothing between rows', () => {
    const wide = new Uint16Array(17 * 80).fill(9);
    for (let y = 0; y < 17; y++) wide.set(input.subarray(y * 69, (y + 1) * 69), y * 80);
    const output = new Uint16Array(17 * 75).fill(4711);
    const rows = { firstRow: 0, rowCount: 17, inputStride: 80, outputStride: 75 };
    createApplier(rough, DEFAULT_ADJUSTMENT, image).applyRows(wide, output, rows);
    for (let y = 0; y < 17; y++) {
      expect(output.subarray(y * 75, y * 75 + 69)).toEqual(whole.subarray(y * 69, (y + 1) * 69));
      expect([...output.subarray(y * 75 + 69, (y + 1) * 75)]).toEqual([4711, 4711, 4711, 4711, 4711, 4711]);
    }
  });
});

describe('alpha and gray', () => {
  for (const channels of [2, 4] as const) {
    for (const format of formats) {
      it(`copies the alpha of ${channels} channels of ${format}, which does not touch the colours`, () => {
        const image = describeImage({ format, channels });
        const input = noise(format, 23 * 17 * channels);
        const output = apply(rough, DEFAULT_ADJUSTMENT, image, input);
        const colors = channels - 1;
        const opaque = input.filter((_, i) => i % channels !== colors);
        const withoutAlpha = apply(rough, DEFAULT_ADJUSTMENT, { ...image, channels: channels === 2 ? 1 : 3 }, opaque);
        expect(output.filter((_, i) => i % channels === colors)).toEqual(
          input.filter((_, i) => i % channels === colors),
        );
        expect(output.filter((_, i) => i % channels !== colors)).toEqual(withoutAlpha);
      });
    }
  }

  it('takes the luma of the corrected gray', () => {
    const image = describeImage({ channels: 1, format: 'float32', width: 1, height: 1 });
    const lift = uniformCorrection([1, 0, 0, 0.25, 0, 1, 0, 0.125, 0, 0, 1, 0]);
    const [gray] = apply(lift, DEFAULT_ADJUSTMENT, image, Float32Array.of(0.4));
    expect(gray).toBeCloseTo(0.4 + 0.2126 * 0.25 + 0.7152 * 0.125, 6);
  });

  it('corrects gray in its own gamma', () => {
    const image = describeImage({
      channels: 1,
      format: 'uint16',
      width: 1,
      height: 1,
      colorSpace: colorSpaces.grayGamma18,
    });
    const darker = uniformCorrection([0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0]);
    const [code] = apply(darker, DEFAULT_ADJUSTMENT, image, Uint16Array.of(40000));
    const { grayGamma18, srgb } = colorSpaces;
    const encoded = srgb.transfer.encode(grayGamma18.transfer.decode(40000 / 65535)) / 2;
    expect(code).toBe(Math.round(grayGamma18.transfer.encode(srgb.transfer.decode(encoded)) * 65535));
  });
});

describe('odd input', () => {
  it('lets a pixel that is not a number spoil no other', () => {
    const image = describeImage({ format: 'float32', colorSpace: linearColorSpace(colorSpaces.adobeRgb) });
    const input = noise('float32', 23 * 17 * 3);
    const expected = apply(rough, { strength: 1, evBias: 1 }, image, input);
    const spoiled = input.slice();
    spoiled.set([NaN, Infinity, -Infinity], 300);
    const output = apply(rough, { strength: 1, evBias: 1 }, image, spoiled);
    expect([...output.subarray(0, 300)]).toEqual([...expected.subarray(0, 300)]);
    expect([...output.subarray(303)]).toEqual([...expected.subarray(303)]);
  });

  const refused: [string, () => unknown, string][] = [
    ['a width of 0', () => createApplier(rough, DEFAULT_ADJUSTMENT, describeImage({ width: 0 })), 'BAD_IMAGE'],
    [
      'RGB in a gray space',
      () => createApplier(rough, DEFAULT_ADJUSTMENT, describeImage({ colorSpace: colorSpaces.grayGamma22 })),
      'BAD_IMAGE',
    ],
    ['strength 1.6', () => createApplier(rough, { strength: 1.6, evBias: 0 }, describeImage({})), 'BAD_ADJUSTMENT'],
    ['strength NaN', () => createApplier(rough, { strength: NaN, evBias: 0 }, describeImage({})), 'BAD_ADJUSTMENT'],
    ['an EV bias of -4', () => createApplier(rough, { strength: 1, evBias: -4 }, describeImage({})), 'BAD_ADJUSTMENT'],
    ['a row too many', () => applyTo(new Uint8Array(69), { firstRow: 17, rowCount: 1 }), 'BAD_IMAGE'],
    ['a row before the first', () => applyTo(new Uint8Array(69), { firstRow: -1, rowCount: 1 }), 'BAD_IMAGE'],
    ['too few samples', () => applyTo(new Uint8Array(68), { firstRow: 0, rowCount: 1 }), 'BAD_IMAGE'],
    ['floats for 8 bits', () => applyTo(new Float32Array(69), { firstRow: 0, rowCount: 1 }), 'BAD_IMAGE'],
    [
      'a stride shorter than a row',
      () => applyTo(new Uint8Array(690), { firstRow: 0, rowCount: 2, inputStride: 68 }),
      'BAD_IMAGE',
    ],
  ];

  it('names the rows and strides that it refuses', () => {
    const pixels = new Uint8Array(700);
    const message = 'rows 15 to 18 of an image that has 17';
    expect(() => applyTo(pixels, { firstRow: 15, rowCount: 3 })).toThrow(message);
    const strides = 'strides 70 and 69 in one array, need to be the same';
    expect(() => applyTo(pixels, { firstRow: 0, rowCount: 2, inputStride: 70 })).toThrow(strides);
  });

  function applyTo(pixels: PixelArray, rows: { firstRow: number; rowCount: number; inputStride?: number }): void {
    createApplier(rough, DEFAULT_ADJUSTMENT, describeImage({})).applyRows(pixels, pixels, rows);
  }

  for (const [what, attempt, code] of refused) {
    it(`refuses ${what} as ${code}`, () => {
      expect(attempt).toThrow(expect.objectContaining({ name: 'ModelError', code }) as ModelError);
    });
  }
});

describe('a part of the picture', () => {
  const image = describeImage({ width: 61, height: 43 });
  const input = Uint8Array.from({ length: 61 * 43 * 3 }, (_, i) => (i * 89 + (i >> 3) * 31) % 256);
  const adjustment = { strength: 0.8, evBias: 0.5 };

  it.each([
    { left: 0, top: 0, width: 61, height: 43 },
    { left: 7, top: 11, width: 20, height: 9 },
    { left: 40, top: 30, width: 21, height: 13 },
    { left: 30, top: 20, width: 1, height: 1 },
  ])('at $left, $top of $width × $height is corrected as it is within the whole', ({ left, top, width, height }) => {
    const whole = apply(rough, adjustment, image, input);
    const cut = (pixels: PixelArray): Uint8Array =>
      Uint8Array.from({ length: width * height * 3 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        return pixels[((top + y) * image.width + left + x) * 3 + (i % 3)]!;
      });
    const part = cut(input);
    const place = { left, top, whole: image };
    createApplier(rough, adjustment, { ...image, width, height }, place).applyRows(part, part, {
      ...{ firstRow: 0, rowCount: height },
    });
    const expected = cut(whole);
    const apart = part.reduce((most, code, i) => Math.max(most, Math.abs(code - expected[i]!)), 0);
    expect(apart).toBeLessThanOrEqual(1);
  });
});
