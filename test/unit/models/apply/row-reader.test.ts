import {
  colorSpaces,
  linearColorSpace,
  type ColorSpace,
  type ImageDescription,
  type PixelArray,
} from '@evenlight/models';
import { createRowReader, planReading } from '@evenlight/models/src/apply/row-reader.ts';
import { createRowWriter, planWriting } from '@evenlight/models/src/apply/row-writer.ts';
import { describe, expect, it } from 'vitest';

const { srgb, adobeRgb, displayP3, grayGamma22, graySrgb } = colorSpaces;
const image = (parts: Partial<ImageDescription>): ImageDescription => ({
  ...{ width: 2, height: 1, channels: 3, format: 'uint8', colorSpace: srgb },
  ...parts,
});
const curved: ColorSpace = {
  ...adobeRgb,
  channelTransfers: [adobeRgb.transfer, srgb.transfer, adobeRgb.transfer],
};

describe('the shortest way to read samples', () => {
  it('is a factor where they are sRGB-encoded', () => {
    for (const [format, most] of [
      ['uint8', 255],
      ['uint15', 32768],
      ['uint16', 65535],
      ['float32', 1],
    ] as const)
      expect(planReading(image({ format }))).toEqual({ kind: 'scaled', scale: Math.fround(1 / most) });
    expect(planReading(image({ channels: 1, colorSpace: graySrgb })).kind).toBe('scaled');
  });

  it('of linear floats has no curves, and a matrix only for other primaries', () => {
    const linear = (colorSpace: ColorSpace): unknown =>
      planReading(image({ format: 'float32', colorSpace: linearColorSpace(colorSpace) }));
    expect(linear(srgb)).toEqual({ kind: 'computed', curves: undefined, matrix: undefined });
    expect(linear(adobeRgb)).toMatchObject({ curves: undefined, matrix: expect.any(Float32Array) as unknown });
    expect(planReading(image({ format: 'float32', colorSpace: adobeRgb }))).toMatchObject({
      curves: [adobeRgb.transfer, adobeRgb.transfer, adobeRgb.transfer],
    });
  });

  it('of integers is a table of all their codes, one for channels of one curve', () => {
    const tablesOf = (parts: Partial<ImageDescription>): readonly Float32Array[] => {
      const reading = planReading(image(parts));
      return reading.kind === 'tabulated' ? reading.tables : [];
    };
    const [red, green, blue] = tablesOf({ colorSpace: adobeRgb });
    expect([red!.length, green === red, blue === red]).toEqual([256, true, true]);
    expect(red![51]).toBeCloseTo(adobeRgb.transfer.decode(0.2), 6);
    const [first, second, third] = tablesOf({ colorSpace: curved, format: 'uint15' });
    expect([first!.length, second === first, third === first]).toEqual([65_536, false, true]);
    expect(second![16384]).toBeCloseTo(srgb.transfer.decode(0.5), 6);
    // Gray has the first curve alone, and no primaries.
    const gray = planReading(image({ channels: 2, colorSpace: curved }));
    expect(gray).toMatchObject({ kind: 'tabulated', matrix: undefined });
    const [onlyOne, sameOne] = tablesOf({ channels: 2, colorSpace: curved });
    expect(sameOne).toBe(onlyOne);
  });
});

describe('the shortest way to write samples', () => {
  it('is none where they are sRGB-encoded', () => {
    expect(planWriting(image({}))).toEqual({ kind: 'encoded' });
    expect(planWriting(image({ channels: 1, colorSpace: graySrgb }))).toEqual({ kind: 'encoded' });
  });

  it('has no curves for linear light, and a matrix only for other primaries', () => {
    const linear = linearColorSpace(srgb);
    expect(planWriting(image({ format: 'float32', colorSpace: linear }))).toEqual({
      ...{ kind: 'computed', curves: undefined, matrix: undefined },
    });
    expect(planWriting(image({ format: 'uint16', colorSpace: linear }))).toEqual({
      ...{ kind: 'tabulated', tables: undefined, matrix: undefined },
    });
    expect(planWriting(image({ channels: 1, colorSpace: grayGamma22 }))).toMatchObject({ matrix: undefined });
    expect(planWriting(image({ colorSpace: displayP3 }))).toMatchObject({
      matrix: expect.any(Float32Array) as unknown,
    });
  });
});

describe('a row', () => {
  const spaces = { encoded: srgb, tabulated: adobeRgb, computed: adobeRgb } as const;
  it.each([
    ['encoded', 1],
    ['encoded', 2],
    ['encoded', 3],
    ['encoded', 4],
    ['tabulated', 1],
    ['tabulated', 2],
    ['tabulated', 3],
    ['tabulated', 4],
    ['computed', 1],
    ['computed', 2],
    ['computed', 3],
    ['computed', 4],
  ] as const)('is read and written from where it begins, without its alpha: %s, %i channels', (kind, channels) => {
    const isGray = channels < 3;
    const format = kind === 'computed' ? 'float32' : 'uint8';
    const colorSpace = isGray && kind !== 'encoded' ? grayGamma22 : spaces[kind];
    const description = image({
      width: 2,
      channels,
      format,
      colorSpace: isGray && kind === 'encoded' ? graySrgb : colorSpace,
    });
    const codes = [9, 9, 9, 30, 120, 200, 77, 220, 60, 110, 88, 9, 9];
    const most = format === 'uint8' ? 255 : 1;
    const samples: PixelArray =
      format === 'uint8' ? Uint8Array.from(codes) : Float32Array.from(codes, (code) => code / 255);
    const line = new Float32Array(6);
    createRowReader(description)(samples, 3, line);
    const at = (x: number, c: number): number => samples[3 + x * channels + (isGray ? 0 : c)]! / most;
    if (kind === 'encoded') line.forEach((value, i) => expect(value).toBeCloseTo(at(Math.floor(i / 3), i % 3), 6));
    if (isGray && kind !== 'encoded')
      line.forEach((value, i) =>
        expect(value).toBeCloseTo(srgb.transfer.encode(grayGamma22.transfer.decode(at(Math.floor(i / 3), 0))), 5),
      );
    const written = samples.slice().fill(most, 3, 3 + 2 * channels);
    createRowWriter(description)(line, written, 3);
    samples.forEach((sample, i) => {
      const channel = (i - 3) % channels;
      const isAlpha = i >= 3 && i < 3 + 2 * channels && channel === (isGray ? 1 : 3);
      expect(written[i]).toBeCloseTo(isAlpha ? most : sample, 5);
    });
  });
});
