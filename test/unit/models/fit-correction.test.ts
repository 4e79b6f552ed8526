import {
  applyToProxy,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  fitCorrection,
  psnr,
  type Correction,
  type ModelError,
  type ProxyImage,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { createGridSamples } from '@evenlight/models/src/fit/grid-samples.ts';
import { createNormalOperator } from '@evenlight/models/src/fit/normal-operator.ts';
import { LUMA_GUIDE, noise, randomNumbers } from './pictures.ts';

const SIDE = 64;
const grid = { gridWidth: 8, gridHeight: 8, gridDepth: 8, guide: LUMA_GUIDE };

/** Gradients, colours and some noise: every cell of the middle depths gets pixels, the deepest and the highest few. */
const before = picture((x, y, random) => {
  const light = 0.15 + 0.7 * x;
  return [light + 0.1 * Math.sin(9 * y), light, light - 0.1 * Math.cos(7 * x)].map(
    (value) => value + 0.1 * (random() - 0.5),
  );
});

function picture(color: (x: number, y: number, random: () => number) => readonly number[]): ProxyImage {
  const random = randomNumbers(5);
  const pixels = new Float32Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const rgb = color(((i % SIDE) + 0.5) / SIDE, (Math.floor(i / SIDE) + 0.5) / SIDE, random);
    pixels.set(
      rgb.map((value) => Math.min(1, Math.max(0, value))),
      i * 3,
    );
  }
  return { width: SIDE, height: SIDE, pixels };
}

/** A correction that changes slowly over the picture and with luma. */
function smoothCorrection(): Correction {
  const coefficients: number[] = [];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      for (let z = 0; z < 4; z++) {
        for (let k = 0; k < 12; k++) {
          const wave = Math.sin(0.9 * x + 0.3 * k) * Math.cos(0.7 * y - 0.2 * k + 0.5 * z);
          coefficients.push([0, 5, 10].includes(k) ? 1 - 0.06 * z + 0.2 * wave : 0.04 * wave);
        }
      }
    }
  }
  return createCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 4, guide: LUMA_GUIDE, coefficients });
}

describe('a fitted correction', () => {
  it('does what a smooth correction did, to 40 dB', () => {
    const after = applyToProxy(smoothCorrection(), DEFAULT_ADJUSTMENT, before);
    const fitted = fitCorrection(before, after, grid);
    expect(psnr(before.pixels, after.pixels)).toBeLessThan(25);
    expect(psnr(applyToProxy(fitted, DEFAULT_ADJUSTMENT, before).pixels, after.pixels)).toBeGreaterThan(40);
  });

  it('does the same to a finer picture that it has not seen', () => {
    const correction = smoothCorrection();
    const fitted = fitCorrection(before, applyToProxy(correction, DEFAULT_ADJUSTMENT, before), grid);
    const other = {
      ...before,
      pixels: before.pixels.map((value, i) => Math.min(1, Math.max(0, value + 0.03 * Math.sin(i)))),
    };
    const [expected, got] = [correction, fitted].map((one) => applyToProxy(one, DEFAULT_ADJUSTMENT, other).pixels);
    expect(psnr(got!, expected!)).toBeGreaterThan(38);
  });

  it('follows a tone curve', () => {
    const after = { ...before, pixels: before.pixels.map((value) => value ** 0.6) };
    const fitted = fitCorrection(before, after, grid);
    expect(psnr(applyToProxy(fitted, DEFAULT_ADJUSTMENT, before).pixels, after.pixels)).toBeGreaterThan(40);
  });

  it('of a picture that did not change is the identity', () => {
    const { coefficients } = fitCorrection(before, before, grid);
    coefficients.forEach((value, i) => expect(value).toBe([0, 5, 10].includes(i % 12) ? 1 : 0));
  });

  it('fills cells that no pixel reaches from their neighbours', () => {
    const dark = picture((x) => [0.05 + 0.1 * x, 0.05 + 0.1 * x, 0.08]);
    const after = { ...dark, pixels: dark.pixels.map((value) => value * 2) };
    const { coefficients } = fitCorrection(dark, after, grid);
    expect(coefficients.every((value) => Math.abs(value) < 3)).toBe(true);
    // The highest depth, where this picture has nothing, above the middle.
    const gray = { width: 1, height: 1, pixels: Float32Array.of(0.9, 0.9, 0.9) };
    const [bright] = applyToProxy(fitCorrection(dark, after, grid), DEFAULT_ADJUSTMENT, gray).pixels;
    expect(bright).toBeGreaterThan(0.9);
  });

  it('of a picture of one colour is finite and does what it did', () => {
    const flat = picture(() => [0.3, 0.3, 0.3]);
    const after = { ...flat, pixels: flat.pixels.map(() => 0.6) };
    const fitted = fitCorrection(flat, after, { ...grid, gridWidth: 2, gridHeight: 1, gridDepth: 1 });
    expect(psnr(applyToProxy(fitted, DEFAULT_ADJUSTMENT, flat).pixels, after.pixels)).toBeGreaterThan(40);
  });

  it('solves the normal equations, with smoothness 0.002 and identity 0.00001 of the mean number of pixels in a cell', () => {
    const size = { width: 9, height: 6 };
    const pixels = noise('float32', 9 * 6 * 3, 2) as Float32Array;
    const after = { ...size, pixels: pixels.map((value, i) => value * (1.2 - (i % 27) / 54)) };
    const small = { gridWidth: 2, gridHeight: 2, gridDepth: 2, guide: LUMA_GUIDE };
    const { coefficients } = fitCorrection({ ...size, pixels }, after, small);
    const perCell = (9 * 6) / 8;
    const { apply, project } = createNormalOperator(
      pixels,
      createGridSamples({ ...size, pixels }, small, LUMA_GUIDE),
      small,
      { smoothness: 0.002 * perCell, identity: 1e-5 * perCell },
    );
    const change = after.pixels.map((value, i) => value - pixels[i]!);
    const asked = project(change);
    const given = apply(Float64Array.from(coefficients, (value, i) => value - ([0, 5, 10].includes(i % 12) ? 1 : 0)));
    const largest = Math.max(...asked.map(Math.abs));
    asked.forEach((value, i) => expect(Math.abs(given[i]! - value)).toBeLessThan(6e-4 * largest));
  });

  it('needs pictures of the same size', () => {
    const small = { width: 8, height: 8, pixels: new Float32Array(192) };
    expect(() => fitCorrection(before, small, grid)).toThrow(
      expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError,
    );
    const size = (width: number, height: number, length = width * height * 3): ProxyImage => ({
      ...{ width, height },
      pixels: new Float32Array(length),
    });
    for (const [left, right] of [
      [size(2, 6), size(3, 4)],
      [size(3, 4), size(3, 4, 33)],
      [size(3, 4, 33), size(3, 4, 36)],
    ] as const) {
      const got = `${left.width}×${left.height} and ${right.width}×${right.height}`;
      expect(() => fitCorrection(left, right, grid)).toThrow(`pictures are ${got}, need the same size`);
    }
  });
});
