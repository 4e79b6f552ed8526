import {
  colorSpaces,
  createCorrection,
  linearColorSpace,
  MAX_CODE,
  type Adjustment,
  type ColorSpace,
  type Correction,
  type ImageDescription,
  type PixelArray,
} from '@evenlight/models';
import { rowKernel, type RowKernel } from '@evenlight/models/src/apply/row-kernel.ts';
import { planRows, type ApplyRow } from '@evenlight/models/src/apply/row-plan.ts';
import { createTypeScriptRows } from '@evenlight/models/src/apply/typescript-rows.ts';
import { createWebAssemblyRows } from '@evenlight/models/src/apply/webassembly-rows.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise, randomNumbers, roughCorrection } from '../pictures.ts';

const kernel = ((): RowKernel => {
  const started = rowKernel();
  if (started === undefined) throw new Error('WebAssembly does not run here');
  return started;
})();

/** A calibrated display: each channel has its own curve, one of them a measured table. */
const calibrated: ColorSpace = {
  ...colorSpaces.adobeRgb,
  channelTransfers: [
    colorSpaces.grayGamma18.transfer,
    colorSpaces.rec2020Gamma24.transfer,
    colorSpaces.srgb.transfer,
  ] as const,
};
const spaces: readonly ColorSpace[] = [
  ...Object.values(colorSpaces),
  calibrated,
  linearColorSpace(colorSpaces.srgb),
  linearColorSpace(colorSpaces.proPhoto),
  linearColorSpace(colorSpaces.grayGamma22),
];

const image = fc
  .record({
    width: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1000, max: 2100 })),
    height: fc.integer({ min: 1, max: 5 }),
    channels: fc.constantFrom(1, 2, 3, 4),
    format: fc.constantFrom('uint8', 'uint16', 'uint15', 'float32'),
    colorSpace: fc.constantFrom(...spaces),
  })
  .filter(({ channels, colorSpace }) => channels < 3 || colorSpace.kind === 'rgb');

const correction = fc
  .record({
    gridWidth: fc.integer({ min: 1, max: 40 }),
    gridHeight: fc.integer({ min: 1, max: 6 }),
    gridDepth: fc.integer({ min: 1, max: 18 }),
    weights: fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: -1, max: 2, noNaN: true }))),
    gamma: fc.oneof(fc.constant(1), fc.double({ min: 0.1, max: 10, noNaN: true })),
    change: fc.constantFrom(0.1, 0.5, 4, 16),
    seed: fc.integer(),
  })
  .map(({ change, seed, weights: [red, green, blue], gamma, ...grid }) =>
    roughCorrection({ ...grid, guide: { weights: [red!, green!, blue!], gamma } }, change, seed),
  );

const adjustment = fc.record({
  strength: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1.5, noNaN: true })),
  evBias: fc.oneof(fc.constant(0), fc.double({ min: -3, max: 3, noNaN: true })),
});

const ODD_FLOATS = [NaN, Infinity, -Infinity, -0, 3e38, 1e-40, -2.5, 1.5, 2, 4, 0.04045, 0.0031308, 1e-7, 70000];

/** Noise, darker by a power, and floats with everything that a float can be. */
function samplesOf({ format, width, height, channels }: ImageDescription, darkness: number, seed: number): PixelArray {
  const length = width * height * channels;
  const random = randomNumbers(seed);
  const max = MAX_CODE[format];
  const samples = noise(format, length, seed);
  for (let i = 0; i < length; i++) {
    const value = (samples[i]! / max) ** darkness;
    if (format !== 'float32') samples[i] = Math.round(value * max);
    else samples[i] = random() < 0.1 ? ODD_FLOATS[Math.floor(random() * ODD_FLOATS.length)]! : value * 1.6 - 0.3;
  }
  return samples;
}

function corrected(applyRow: ApplyRow, { width, height, channels }: ImageDescription, input: PixelArray): PixelArray {
  const output = input.slice().fill(0);
  const rowLength = width * channels;
  for (let y = 0; y < height; y++) {
    applyRow({ input, inputStart: y * rowLength, output, outputStart: y * rowLength, y });
  }
  return output;
}

/** The first sample that differs, as text; all that is not a number counts as the same. */
function firstDifference(left: PixelArray, right: PixelArray): string | undefined {
  const at = left.findIndex((value, i) => !Object.is(value, right[i]));
  return at < 0 ? undefined : `sample ${at}: ${left[at]!} in TypeScript, ${right[at]!} in WebAssembly`;
}

describe('the kernels in TypeScript and WebAssembly', () => {
  it('give the same bits for every format, channel count, colour space, correction and adjustment', () => {
    fc.assert(
      fc.property(
        fc.record({ image, correction, adjustment, darkness: fc.constantFrom(1, 3, 12), seed: fc.integer() }),
        (drawn: {
          image: ImageDescription;
          correction: Correction;
          adjustment: Adjustment;
          darkness: number;
          seed: number;
        }) => {
          const plan = planRows(drawn.correction, drawn.adjustment, drawn.image);
          const input = samplesOf(drawn.image, drawn.darkness, drawn.seed);
          const inWebAssembly = createWebAssemblyRows(plan, kernel)!;
          const expected = corrected(createTypeScriptRows(plan), drawn.image, input);
          expect(firstDifference(expected, corrected(inWebAssembly, drawn.image, input))).toBeUndefined();
        },
      ),
      { numRuns: 400 },
    );
  });

  it('give the same bits when two pictures take turns, row by row', () => {
    const pictures = [colorSpaces.adobeRgb, colorSpaces.srgb].map((colorSpace, i) => {
      const description: ImageDescription = {
        width: 1300 - i * 900,
        height: 4,
        channels: 3,
        format: 'uint16',
        colorSpace,
      };
      const grid = { gridWidth: 5 + i, gridHeight: 4, gridDepth: 3 + i };
      const plan = planRows(roughCorrection(grid, 0.5, i), { strength: 1, evBias: i }, description);
      const input = samplesOf(description, 1, i + 1);
      const expected = corrected(createTypeScriptRows(plan), description, input);
      return {
        description,
        input,
        expected,
        output: input.slice().fill(0),
        applyRow: createWebAssemblyRows(plan, kernel)!,
      };
    });
    for (let y = 0; y < 4; y++) {
      for (const { description, input, output, applyRow } of pictures) {
        const start = y * description.width * 3;
        applyRow({ input, inputStart: start, output, outputStart: start, y });
      }
    }
    for (const { expected, output } of pictures) expect(firstDifference(expected, output)).toBeUndefined();
  });

  it('leave to TypeScript what does not fit into the memory', () => {
    const huge = {
      width: 100_000_000,
      height: 1,
      channels: 3,
      format: 'float32',
      colorSpace: colorSpaces.srgb,
    } as const;
    const plan = planRows(
      roughCorrection({ gridWidth: 2, gridHeight: 2, gridDepth: 2 }),
      { strength: 1, evBias: 0 },
      huge,
    );
    expect(createWebAssemblyRows(plan, kernel)).toBeUndefined();
  });
});

it('a correction of the size of the largest that fits is applied', () => {
  const side = { gridWidth: 64, gridHeight: 64, gridDepth: 64 };
  const coefficients = new Float32Array(64 ** 3 * 12).fill(0.25);
  const guide = { weights: [0.25, 0.5, 0.25], gamma: 1 } as const;
  const description = { width: 100, height: 2, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
  const plan = planRows(createCorrection({ ...side, guide, coefficients }), { strength: 1, evBias: 0 }, description);
  const input = samplesOf(description, 1, 3);
  const expected = corrected(createTypeScriptRows(plan), description, input);
  expect(
    firstDifference(expected, corrected(createWebAssemblyRows(plan, kernel)!, description, input)),
  ).toBeUndefined();
});
