import { colorSpaces, createApplier, DEFAULT_ADJUSTMENT } from '@evenlight/models';
import { createRowWriter } from '@evenlight/models/src/apply/row-writer.ts';
import { expect, it } from 'vitest';
import { uniformCorrection } from '../pictures.ts';

const DARKEST_CODES = 400;

it.each([colorSpaces.adobeRgb, colorSpaces.rec2020Gamma24, colorSpaces.grayGamma18])(
  'finds the nearest code just above black, where a gamma is steepest: $name',
  (colorSpace) => {
    const half = uniformCorrection([0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0]);
    const image = { width: DARKEST_CODES, height: 1, channels: 1, format: 'uint16', colorSpace } as const;
    const codes = Uint16Array.from({ length: DARKEST_CODES }, (_, code) => code);
    const output = codes.slice();
    createApplier(half, DEFAULT_ADJUSTMENT, image).applyRows(codes, output, { firstRow: 0, rowCount: 1 });
    let worst = 0;
    for (const code of codes) {
      // Dark enough for the straight part of the sRGB curve: half of the encoded value is half of the light.
      const light = colorSpace.transfer.decode(code / 65535) / 2;
      worst = Math.max(worst, Math.abs(output[code]! - colorSpace.transfer.encode(light) * 65535));
    }
    expect(worst).toBeLessThan(0.75);
  },
);

it('rounds to the nearest code and keeps to the ends', () => {
  const image = { width: 6, height: 1, channels: 1, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
  const values = [0.49 / 255, 0.51 / 255, 254.4 / 255, 254.6 / 255, -1, 7];
  const samples = new Uint8Array(6);
  createRowWriter(image)(Float32Array.from(values.flatMap((value) => [value, value, value])), samples, 0);
  expect([...samples]).toEqual([0, 1, 254, 255, 0, 255]);
});

it('rounds halves to the even code, and takes what is no number for 0', () => {
  const image = { width: 5, height: 1, channels: 1, format: 'uint15', colorSpace: colorSpaces.srgb } as const;
  // Exact halves: 32768 is a power of two.
  const values = [0.5, 1.5, 2.5, NaN * 32_768, 32_768].map((code) => code / 32_768);
  const samples = new Uint16Array(5);
  createRowWriter(image)(Float32Array.from(values.flatMap((value) => [value, value, value])), samples, 0);
  expect([...samples]).toEqual([0, 2, 2, 0, 32_768]);
});

it('writes gray as the luma of the encoded colours', () => {
  const image = { width: 3, height: 1, channels: 1, format: 'uint8', colorSpace: colorSpaces.graySrgb } as const;
  const samples = new Uint8Array(3);
  createRowWriter(image)(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), samples, 0);
  // 255 times 0.2126, 0.7152, 0.0722.
  expect([...samples]).toEqual([54, 182, 18]);
});
