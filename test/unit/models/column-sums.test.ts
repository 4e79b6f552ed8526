import { colorSpaces, type ImageDescription, type PixelArray, runSteps } from '@evenlight/models';
import { createAreaSums } from '@evenlight/models/src/area-sums.ts';
import { rowKernel } from '@evenlight/models/src/apply/row-kernel.ts';
import { coverage, createTypeScriptColumnSums, type ColumnSums } from '@evenlight/models/src/column-sums.ts';
import { createWebAssemblyColumnSums } from '@evenlight/models/src/webassembly-column-sums.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from './pictures.ts';

const kernel = rowKernel()!;

function inWebAssembly(image: ImageDescription, size: number): ColumnSums {
  return createWebAssemblyColumnSums(image, coverage(image.width, size), kernel)!;
}

function means(image: ImageDescription, pixels: PixelArray, size: number, columnSums: ColumnSums): Float32Array {
  const sums = createAreaSums(image, { width: size, height: size }, columnSums);
  for (let y = 0; y < image.height; y++) sums.addRow(pixels, y * image.width * image.channels, y);
  return runSteps(sums.means(1, 0.5));
}

const image = fc.record({
  width: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 500, max: 1300 })),
  height: fc.integer({ min: 1, max: 90 }),
  channels: fc.constantFrom(1, 2, 3, 4),
  format: fc.constantFrom('uint8', 'uint16', 'uint15', 'float32'),
  colorSpace: fc.constant(colorSpaces.srgb),
});

describe('column sums in TypeScript and WebAssembly', () => {
  it('give the same bits for every format and channel count', () => {
    fc.assert(
      fc.property(image, fc.integer({ min: 1, max: 40 }), fc.integer(), (description: ImageDescription, size, seed) => {
        const { width, height, channels, format } = description;
        const pixels = noise(format, width * height * channels, seed);
        const reference = createTypeScriptColumnSums(description, coverage(width, size));
        const expected = means(description, pixels, size, reference);
        const got = means(description, pixels, size, inWebAssembly(description, size));
        expect(got.findIndex((value, i) => !Object.is(value, expected[i]))).toBe(-1);
      }),
      { numRuns: 150 },
    );
  });

  it('hold the brightest rows that there can be', () => {
    for (const format of ['uint8', 'uint16'] as const) {
      for (const channels of [1, 2] as const) {
        const brightest = { width: 1, height: 65_536, channels, format, colorSpace: colorSpaces.srgb };
        const pixels = noise(format, channels).fill(format === 'uint8' ? 255 : 65_535);
        const sums = inWebAssembly(brightest, 1);
        for (let y = 0; y < brightest.height; y++) sums.add(pixels, 0);
        const taken = new Float64Array(channels);
        sums.take(taken);
        const alpha = channels === 2 ? pixels[0]! : 1;
        expect(taken[0]).toBe(65_536 * pixels[0]! * alpha);
      }
    }
  });

  it.each([
    ['uint16', 3, 259, 255],
    ['uint16', 3, 259, 256],
    ['uint8', 4, 1026, 64],
    ['uint8', 4, 1026, 65],
  ] as const)('hold areas of %s with %i channels, %i columns and %i rows, all of them bright', (...given) => {
    const [format, channels, width, rows] = given;
    const bright = { width, height: rows, channels, format, colorSpace: colorSpaces.srgb };
    const pixels = noise(format, width * channels).fill(format === 'uint8' ? 255 : 65_535);
    const sums = inWebAssembly(bright, 1);
    for (let y = 0; y < rows; y++) sums.add(pixels, 0);
    const taken = new Float64Array(channels);
    sums.take(taken);
    const brightest = pixels[0]!;
    const expected =
      channels === 4 ? [...Array<number>(3).fill(brightest ** 2), brightest] : Array<number>(3).fill(brightest);
    expect([...taken]).toEqual(expected.map((value) => value * width * rows));
  });

  it('give the same bits when two pictures take turns, row by row', () => {
    const description: ImageDescription = {
      width: 300,
      height: 40,
      channels: 4,
      format: 'uint16',
      colorSpace: colorSpaces.srgb,
    };
    const runs = [3, 5].map((size) => {
      const pixels = noise('uint16', 300 * 40 * 4, size);
      const expected = means(description, pixels, size, inWebAssembly(description, size));
      const sums = createAreaSums(description, { width: size, height: size }, inWebAssembly(description, size));
      return { pixels, expected, sums };
    });
    for (let y = 0; y < 40; y++) for (const { sums, pixels } of runs) sums.addRow(pixels, y * 1200, y);
    for (const { sums, expected } of runs) expect(runSteps(sums.means(1, 0.5))).toEqual(expected);
  });
});

it.each([
  [4, 2, [0, 2], [1, 3], [1, 1], [1, 1]],
  [5, 2, [0, 2], [2, 4], [1, 0.5], [0.5, 1]],
  [3, 2, [0, 1], [1, 2], [1, 0.5], [0.5, 1]],
  [2, 4, [0, 0, 1, 1], [0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0]],
  [2, 3, [0, 0, 1], [0, 1, 1], [2 / 3, 1 / 3, 2 / 3], [0, 1 / 3, 0]],
  [1, 1, [0], [0], [1], [0]],
])('%i columns cover %i areas in part at their ends, and wholly between', (from, to, first, last, ahead, behind) => {
  const columns = coverage(from, to);
  expect([[...columns.first], [...columns.last]]).toEqual([first, last]);
  ahead.forEach((weight, i) => expect(columns.firstWeight[i]).toBeCloseTo(weight, 12));
  behind.forEach((weight, i) => expect(columns.lastWeight[i]).toBeCloseTo(weight, 12));
});
