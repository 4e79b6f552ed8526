import {
  colorSpaces,
  createApplier,
  DEFAULT_ADJUSTMENT,
  deltaE2000,
  linearColorSpace,
  MAX_CODE,
  type ColorSpace,
  type Correction,
  type Lab,
  type PixelArray,
  type SampleFormat,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { noise, roughCorrection, uniformCorrection } from '../pictures.ts';
import { correctReference, decodeSrgb, encodeSrgb, type Rgb } from '../reference-slicing.ts';

const WIDTH = 32;
const HEIGHT = 16;
const rough = roughCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 4 }, 0.3);

function apply(correction: Correction, format: SampleFormat, colorSpace: ColorSpace, input: PixelArray): PixelArray {
  const image = { width: WIDTH, height: HEIGHT, channels: 3 as const, format, colorSpace };
  const output = input.slice();
  createApplier(correction, DEFAULT_ADJUSTMENT, image).applyRows(input, output, { firstRow: 0, rowCount: HEIGHT });
  return output;
}

function times(matrix: readonly number[], [x, y, z]: Rgb): Rgb {
  const row = (i: number): number => matrix[i]! * x + matrix[i + 1]! * y + matrix[i + 2]! * z;
  return [row(0), row(3), row(6)];
}

/** Cramer's rule: an inverse that shares nothing with the package's. */
function solve(matrix: readonly number[], right: Rgb): Rgb {
  const determinant = (m: readonly number[]): number =>
    m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) -
    m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) +
    m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!);
  const whole = determinant(matrix);
  const replaced = (column: number): number =>
    determinant(matrix.map((value, i) => (i % 3 === column ? right[Math.floor(i / 3)]! : value))) / whole;
  return [replaced(0), replaced(1), replaced(2)];
}

/** Document → XYZ D50 → sRGB → corrected → back, in doubles; integers' codes are not rounded. */
function reference(space: ColorSpace, x: number, y: number, document: Rgb): Rgb {
  const decode = (value: number): number => space.transfer.decode(value);
  const linear: Rgb = [decode(document[0]), decode(document[1]), decode(document[2])];
  const srgb = solve(colorSpaces.srgb.toXyzD50, times(space.toXyzD50, linear));
  const encoded: Rgb = [encodeSrgb(srgb[0]), encodeSrgb(srgb[1]), encodeSrgb(srgb[2])];
  const corrected = correctReference(rough, DEFAULT_ADJUSTMENT, { x, y, width: WIDTH, height: HEIGHT }, encoded);
  const light: Rgb = [decodeSrgb(corrected[0]), decodeSrgb(corrected[1]), decodeSrgb(corrected[2])];
  const back = solve(space.toXyzD50, times(colorSpaces.srgb.toXyzD50, light));
  return [space.transfer.encode(back[0]), space.transfer.encode(back[1]), space.transfer.encode(back[2])];
}

/** CIELAB relative to D50. */
function labOf(space: ColorSpace, encoded: Rgb): Lab {
  const decode = (value: number): number => space.transfer.decode(value);
  const xyz = times(space.toXyzD50, [decode(encoded[0]), decode(encoded[1]), decode(encoded[2])]);
  const [x, y, z] = [xyz[0] / 0.9642, xyz[1], xyz[2] / 0.8249].map((t) =>
    t > (6 / 29) ** 3 ? Math.cbrt(t) : (841 / 108) * t + 4 / 29,
  );
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

const spaces = [
  colorSpaces.adobeRgb,
  colorSpaces.displayP3,
  colorSpaces.proPhoto,
  colorSpaces.proPhotoProfile,
  colorSpaces.rec2020,
  colorSpaces.rec2020Gamma24,
] as const;

describe('a document in its own colour space', () => {
  for (const space of spaces) {
    for (const format of ['uint8', 'uint16', 'uint15'] as const) {
      it(`is corrected to the nearest code: ${space.name}, ${format}`, () => {
        const input = noise(format, WIDTH * HEIGHT * 3);
        const output = apply(rough, format, space, input);
        const max = MAX_CODE[format];
        let worst = 0;
        for (let i = 0; i < input.length; i += 3) {
          const document: Rgb = [input[i]! / max, input[i + 1]! / max, input[i + 2]! / max];
          const expected = reference(space, (i / 3) % WIDTH, Math.floor(i / 3 / WIDTH), document);
          for (let c = 0; c < 3; c++) {
            worst = Math.max(worst, Math.abs(output[i + c]! - Math.min(max, Math.max(0, expected[c]! * max))));
          }
        }
        // Half a code of rounding, and a quarter of a 16-bit code of the tables.
        expect(worst).toBeLessThan(format === 'uint8' ? 0.51 : 0.75);
      });
    }

    it(`is corrected in linear light, unclamped: ${space.name}, float32`, () => {
      const linear = linearColorSpace(space);
      const input = noise('float32', WIDTH * HEIGHT * 3).map((value) => value * 1.8 - 0.2);
      const output = apply(rough, 'float32', linear, input);
      let worst = 0;
      for (let i = 0; i < input.length; i += 3) {
        const document: Rgb = [input[i]!, input[i + 1]!, input[i + 2]!];
        const expected = reference(linear, (i / 3) % WIDTH, Math.floor(i / 3 / WIDTH), document);
        for (let c = 0; c < 3; c++) worst = Math.max(worst, Math.abs(output[i + c]! - expected[c]!));
      }
      expect(worst).toBeLessThan(2e-5);
    });

    it(`keeps wide-gamut colours within ΔE 1 under a correction that is nearly neutral: ${space.name}`, () => {
      const nearly = uniformCorrection([1 + 2 / 4096, 0, 0, 0, 0, 1, 0, 1 / 4096, 0, 0, 1 - 2 / 4096, 0]);
      const input = noise('uint16', WIDTH * HEIGHT * 3);
      // The corners of the gamut, far outside sRGB.
      input.set([65535, 0, 0, 0, 65535, 0, 0, 0, 65535, 0, 65535, 65535, 65535, 0, 65535, 65535, 65535, 0]);
      const output = apply(nearly, 'uint16', space, input);
      let worst = 0;
      for (let i = 0; i < input.length; i += 3) {
        const [before, after] = [input, output].map((pixels) =>
          labOf(space, [pixels[i]! / 65535, pixels[i + 1]! / 65535, pixels[i + 2]! / 65535]),
        );
        worst = Math.max(worst, deltaE2000(before!, after!));
      }
      expect(worst).toBeLessThanOrEqual(1);
      expect(output).not.toEqual(input);
    });
  }

  it('keeps neutral grays neutral', () => {
    const darker = uniformCorrection([0.5, 0, 0, 0.0625, 0, 0.5, 0, 0.0625, 0, 0, 0.5, 0.0625]);
    const input = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => Math.floor(i / 3) * 128);
    const output = apply(darker, 'uint16', colorSpaces.proPhoto, input);
    let worst = 0;
    for (let i = 0; i < output.length; i += 3) {
      worst = Math.max(worst, Math.abs(output[i]! - output[i + 1]!), Math.abs(output[i]! - output[i + 2]!));
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('decodes every channel with its own curve where they differ', () => {
    const { adobeRgb } = colorSpaces;
    const curves = [colorSpaces.grayGamma18.transfer, adobeRgb.transfer, colorSpaces.srgb.transfer] as const;
    const space: ColorSpace = { ...adobeRgb, channelTransfers: curves };
    const input = noise('uint16', WIDTH * HEIGHT * 3);
    const output = apply(uniformCorrection([0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0]), 'uint16', space, input);
    for (let i = 0; i < 300; i += 3) {
      const light = [0, 1, 2].map((c) => curves[c]!.decode(input[i + c]! / 65535));
      const srgb = solve(colorSpaces.srgb.toXyzD50, times(space.toXyzD50, [light[0]!, light[1]!, light[2]!]));
      const half: Rgb = [0, 1, 2].map((c) => decodeSrgb(encodeSrgb(srgb[c]!) / 2)) as [number, number, number];
      const back = solve(space.toXyzD50, times(colorSpaces.srgb.toXyzD50, half));
      for (let c = 0; c < 3; c++) {
        const expected = Math.max(0, curves[c]!.encode(back[c]!) * 65535);
        expect(Math.abs(output[i + c]! - expected)).toBeLessThan(0.75);
      }
    }
  });
});
