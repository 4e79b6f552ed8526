import {
  applyToProxy,
  correctionFromOutput,
  DEFAULT_ADJUSTMENT,
  parseContract,
  proxyMisfit,
  proxySize,
  psnr,
  type ModelContract,
  type ModelError,
  viewScene,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const file = { path: 'onnx/model.onnx', sha256: 'a'.repeat(64), sizeBytes: 12 };
const grid = {
  schema: 1,
  name: 'exposure',
  kind: 'grid',
  version: '1.0.0',
  title: 'Exposure',
  licence: 'MIT',
  input: { width: 256, height: 256, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
  output: { kind: 'grid', gridWidth: 2, gridHeight: 1, gridDepth: 1 },
  guide: { weights: [0.2126, 0.7152, 0.0722], gamma: 1 },
  files: { tfjs: { model: { ...file, path: 'tfjs/model.json' }, weights: [file] }, onnx: { fp32: file } },
  scores: [{ set: 'SICE under', images: 103, psnr: 20.1, identityPsnr: 11, autoGammaPsnr: 15 }],
  measured: { date: '2026-01-01', machine: '2 cores' },
};
const image = {
  ...grid,
  kind: 'image',
  input: { ...grid.input, width: 512, height: 512, fit: 'inside' },
  output: { kind: 'image' },
};

describe('a contract', () => {
  it('of either kind is read', () => {
    expect(parseContract(grid)).toEqual(grid);
    expect(parseContract(image)).toEqual(image);
  });

  const refused: [string, unknown, RegExp][] = [
    ['nothing', undefined, /contract/],
    ['another schema', { ...grid, schema: 2 }, /schema/],
    ['an unknown kind', { ...grid, kind: 'text' }, /kind/],
    ['a grid kind that puts out images', { ...grid, output: { kind: 'image' } }, /output/],
    ['an image kind without fit', { ...image, input: grid.input }, /input\.fit/],
    ['a grid of 256 columns', { ...grid, output: { ...grid.output, gridWidth: 256 } }, /gridWidth/],
    ['four channels', { ...grid, input: { ...grid.input, channels: 4 } }, /channels/],
    ['a short checksum', { ...grid, files: { ...grid.files, onnx: { fp32: { ...file, sha256: 'ab' } } } }, /sha256/],
    ['a name with a slash', { ...grid, name: 'a/b' }, /name/],
    ['a guide of two weights', { ...grid, guide: { weights: [0.5, 0.5], gamma: 1 } }, /guide\.weights/],
    ['a guide gamma of 0', { ...grid, guide: { ...grid.guide, gamma: 0 } }, /guide\.gamma/],
  ];
  for (const [what, json, message] of refused) {
    it(`is refused with ${what}`, () => {
      expect(() => parseContract(json)).toThrow(message);
      expect(() => parseContract(json)).toThrow(expect.objectContaining({ code: 'BAD_CONTRACT' }) as ModelError);
    });
  }

  for (const path of [
    '../model.onnx',
    'a/../../b',
    '/etc/passwd',
    'C:\\model',
    'a\\b',
    '',
    '.hidden',
    'a//b',
    'x'.repeat(201),
  ]) {
    it(`does not lead out of its folder: "${path.slice(0, 20)}"`, () => {
      expect(() => parseContract({ ...grid, files: { ...grid.files, onnx: { fp32: { ...file, path } } } })).toThrow(
        /path/,
      );
    });
  }
});

describe('the size of a proxy', () => {
  const sizes: [unknown, number, number, number, number][] = [
    [grid, 6000, 4000, 256, 256],
    [grid, 1, 20000, 256, 256],
    [image, 6000, 4000, 512, 344],
    [image, 4000, 6000, 344, 512],
    [image, 512, 512, 512, 512],
    [image, 100, 50, 104, 48],
    [image, 1, 20000, 8, 512],
    [image, 3, 3, 8, 8],
    // A box that is no multiple of 8 is not exceeded.
    [{ ...image, input: { ...image.input, width: 500, height: 300 } }, 6000, 6000, 304, 296],
    [{ ...image, input: { ...image.input, width: 500, height: 300 } }, 6000, 2000, 496, 168],
  ];
  for (const [json, width, height, proxyWidth, proxyHeight] of sizes) {
    const contract = parseContract(json);
    it(`of ${width}×${height} for kind ${contract.kind} is ${proxyWidth}×${proxyHeight}`, () => {
      expect(proxySize(contract, { width, height })).toEqual({ width: proxyWidth, height: proxyHeight });
    });
  }
});

describe('what is wrong with a proxy', () => {
  const pixels = (count: number) => new Float32Array(count);
  it.each([
    [grid, 256, 256, 256 * 256 * 3, undefined],
    [image, 344, 512, 344 * 512 * 3, undefined],
    [grid, 255, 256, 255 * 256 * 3, /^the proxy is 255×256, model "[a-z-]+" takes 256×256$/],
    [image, 340, 512, 340 * 512 * 3, /takes multiples of 8 up to 512×512$/],
    [image, 520, 512, 520 * 512 * 3, /takes multiples of 8 up to 512×512$/],
    [grid, 256, 256, 5, /^the proxy has 5 values, needs 196608$/],
  ])('is said with both sizes (%#)', (json, width, height, count, text) => {
    const misfit = proxyMisfit(parseContract(json), { width, height, pixels: pixels(count) });
    if (text === undefined) expect(misfit).toBeUndefined();
    else expect(misfit).toMatch(text);
  });
});

describe("a network's output", () => {
  const contract: ModelContract = parseContract(grid);
  const proxy = { width: 8, height: 8, pixels: Float32Array.from({ length: 192 }, (_, i) => 0.25 + (i % 3) / 50) };

  it('of kind grid is the difference from the identity', () => {
    const output = Float32Array.from({ length: 24 }, (_, i) => (i < 12 ? 0 : i / 16));
    const { coefficients, gridWidth, guide } = correctionFromOutput(contract, output, viewScene(contract, proxy));
    expect([...coefficients.subarray(0, 12)]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    // A large change, of which next to nothing is taken back.
    expect(coefficients[12]! - 1).toBeCloseTo(12 / 16, 2);
    expect(coefficients[13]).toBeCloseTo(13 / 16, 2);
    expect(gridWidth).toBe(2);
    expect(guide.weights[1]).toBe(Math.fround(0.7152));
  });

  it('of kind image becomes a grid with a cell for every 16 pixels that does the same', () => {
    const [width, height] = [96, 64];
    const pixels = Float32Array.from(
      { length: width * height * 3 },
      (_, i) => 0.5 + 0.4 * Math.sin(i / 37) * Math.cos(i / 5000),
    );
    const output = pixels.map((value) => 0.1 + 0.7 * value);
    const correction = correctionFromOutput(
      parseContract(image),
      output,
      viewScene(parseContract(image), { width, height, pixels }),
    );
    expect(correction).toMatchObject({ gridWidth: 6, gridHeight: 4, gridDepth: 8 });
    const corrected = applyToProxy(correction, DEFAULT_ADJUSTMENT, { width, height, pixels });
    expect(psnr(corrected.pixels, output)).toBeGreaterThan(45);
    // A picture of one cell's size has one cell.
    const tiny = correctionFromOutput(
      parseContract(image),
      new Float32Array(192).fill(0.5),
      viewScene(parseContract(image), proxy),
    );
    expect(tiny).toMatchObject({ gridWidth: 1, gridHeight: 1 });
  });

  const refused: [string, ModelContract, Float32Array][] = [
    ['too short', contract, new Float32Array(12)],
    ['not finite', contract, new Float32Array(24).fill(NaN)],
    ['of another size than the proxy', parseContract(image), new Float32Array(24)],
  ];
  for (const [what, given, output] of refused) {
    it(`is refused if it is ${what}`, () => {
      const attempt = (): unknown => correctionFromOutput(given, output, viewScene(given, proxy));
      expect(attempt).toThrow(expect.objectContaining({ code: 'BAD_OUTPUT' }) as ModelError);
    });
  }
});
