import {
  applyToProxy,
  colorSpaces,
  createApplier,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  type Correction,
  type Guide,
  type ProxyImage,
} from '@evenlight/models';
import { unifyWhite } from '@evenlight/models/src/unify-white.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

const [gridWidth, gridHeight, gridDepth] = [4, 4, 8];
const [width, height] = [64, 64];

/** Darkens more from row to row of the grid, red most: the lower the darker, `step` a row. */
function darkening({ guide = LUMA_GUIDE, depth = gridDepth, step = 0.1 } = {}): Correction {
  const coefficients = Float32Array.from({ length: gridWidth * gridHeight * depth * 12 }, (_, i) => {
    const gridRow = Math.floor(i / 12 / depth / gridWidth);
    const red = i % 12 === 0 ? 0.2 * step * gridRow : 0;
    return [0, 5, 10].includes(i % 12) ? 1 - step * gridRow - red : 0;
  });
  return createCorrection({ gridWidth, gridHeight, gridDepth: depth, guide, coefficients });
}

/** A sky, below it a façade of one gray. */
function skyOver(facade: number, sky = 1, skyRows = 56): ProxyImage {
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) =>
    Math.floor(i / 3 / width) < skyRows ? sky : facade,
  );
  return { width, height, pixels };
}

function valuesWhere(
  proxy: ProxyImage,
  corrected: ProxyImage,
  isWanted: (value: number) => boolean,
  channel = 1,
): number[] {
  return [...corrected.pixels].filter((_, i) => i % 3 === channel && isWanted(proxy.pixels[i]!));
}

/** The picture corrected, not clamped. */
function sliced(correction: Correction, { width, height, pixels }: ProxyImage): number[] {
  const description = { width, height, channels: 3, format: 'float32', colorSpace: colorSpaces.srgb } as const;
  const output = new Float32Array(pixels.length);
  createApplier(correction, DEFAULT_ADJUSTMENT, description).applyRows(pixels, output, {
    firstRow: 0,
    rowCount: height,
  });
  return [...output];
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const applied = (correction: Correction, proxy: ProxyImage): ProxyImage =>
  applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy);

describe('clipped white', () => {
  const correction = darkening({ step: 0.04 });

  it('becomes the same in the whole picture: what the network made of it on average', () => {
    const brightening = darkening({ step: -0.04 });
    const proxy = skyOver(0.5);
    const channelOfSky = (values: readonly number[], channel: number): number[] =>
      values.filter((_, i) => i % 3 === channel && proxy.pixels[i] === 1);
    const before = sliced(brightening, proxy);
    const after = sliced(unifyWhite(brightening, proxy), proxy);
    for (const channel of [0, 1, 2]) {
      const [was, is] = [channelOfSky(before, channel), channelOfSky(after, channel)];
      expect(spread(was)).toBeGreaterThan(0.06);
      expect(spread(is)).toBeLessThan(1e-3);
      expect(mean(is)).toBeCloseTo(mean(was), 3);
    }
  });

  it('becomes a white, not a gray, and keeps its tint', () => {
    const proxy = skyOver(0.5);
    const dark = darkening({ step: 0.2 });
    const [before, after] = [dark, unifyWhite(dark, proxy)].map((grid) => applied(grid, proxy));
    const [was, is] = [before!, after!].map((picture) =>
      [0, 1, 2].map((channel) => mean(valuesWhere(proxy, picture, (value) => value === 1, channel))),
    );
    expect(mean(was!)).toBeLessThan(0.8);
    expect(mean(is!)).toBeCloseTo(0.98, 2);
    expect(is![0]! - is![1]!).toBeCloseTo(was![0]! - was![1]!, 2);
  });

  it('has no seam along a roof, wherever between the cells of the grid it lies', () => {
    for (let skyRows = 33; skyRows < 64; skyRows++) {
      const proxy = skyOver(0.5, 1, skyRows);
      const isClipped = (value: number): boolean => value === 1;
      const was = spread(valuesWhere(proxy, applied(correction, proxy), isClipped));
      const after = applied(unifyWhite(correction, proxy), proxy);
      expect(spread(valuesWhere(proxy, after, isClipped))).toBeLessThan(was / 4);
    }
  });

  it('does not change a pixel that is not nearly white', () => {
    for (const facade of [0, 0.4, 0.8125]) {
      const proxy = skyOver(facade);
      const before = applied(correction, proxy);
      const after = applied(unifyWhite(correction, proxy), proxy);
      const isFacade = (value: number): boolean => value < 1;
      expect(valuesWhere(proxy, after, isFacade)).toEqual(valuesWhere(proxy, before, isFacade));
    }
  });

  it('takes near-white pixels along without an edge: brighter stays brighter', () => {
    const [darkest, steps] = [0.8, width];
    const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
      const x = Math.floor(i / 3) % width;
      return Math.floor(i / 3 / width) < 32 ? 1 : darkest + ((1 - darkest) * x) / (steps - 1);
    });
    const proxy = { width, height, pixels };
    const after = applied(unifyWhite(correction, proxy), proxy);
    for (const row of [40, 63]) {
      const line = Array.from({ length: width }, (_, x) => after.pixels[(row * width + x) * 3 + 1]!);
      for (let x = 1; x < width; x++) {
        expect(line[x]!).toBeGreaterThan(line[x - 1]!);
        expect(line[x]! - line[x - 1]!).toBeLessThan(0.02);
      }
    }
  });

  it('of a few specks does not change the bright façade around them', () => {
    const before = skyOver(0.97, 1, 32);
    const after = skyOver(0.97, 1, 32);
    after.pixels.fill(1, (62 * width + 30) * 3, (62 * width + 32) * 3);
    const [plain, speckled] = [before, after].map((proxy) => applied(unifyWhite(correction, proxy), proxy));
    const lastRow = (proxy: ProxyImage): number[] => [...proxy.pixels.subarray(63 * width * 3)];
    const changes = lastRow(speckled!).map((value, i) => Math.abs(value - lastRow(plain!)[i]!));
    expect(Math.max(...changes)).toBeLessThan(0.02);
  });

  it('is left to the network where the guide has white among other layers, or the grid has one', () => {
    const dark: Guide = { weights: [0.1, 0.2, 0.1], gamma: 1 };
    for (const other of [darkening({ guide: dark }), darkening({ depth: 1 })]) {
      expect(unifyWhite(other, skyOver(0.5))).toEqual(other);
    }
  });

  it('is left to the network where there is none', () => {
    expect(unifyWhite(correction, skyOver(0.5, 0.98))).toEqual(correction);
  });

  it('takes values beyond white along by no more than white itself', () => {
    const proxy = skyOver(0.5);
    const beyond = { ...proxy, pixels: proxy.pixels.map((value) => (value === 1 ? 1.5 : value)) };
    const changeOf = (picture: ProxyImage): number[] => {
      const [before, after] = [correction, unifyWhite(correction, proxy)].map((grid) => sliced(grid, picture));
      return after!.map((value, i) => value - before![i]!);
    };
    const [atWhite, beyondWhite] = [changeOf(proxy), changeOf(beyond)];
    expect(Math.max(...atWhite.map(Math.abs))).toBeGreaterThan(0.05);
    for (const [i, change] of beyondWhite.entries()) expect(change).toBeCloseTo(atWhite[i]!, 3);
  });

  it('may be that of a picture smaller than the grid', () => {
    const proxy: ProxyImage = { width: 2, height: 2, pixels: new Float32Array(12).fill(1) };
    expect(unifyWhite(correction, proxy).coefficients.every(Number.isFinite)).toBe(true);
  });

  it('stays white where the network changes nothing', () => {
    const unchanged = darkening({ step: 0 });
    expect(unifyWhite(unchanged, skyOver(0.5))).toEqual(unchanged);
  });
});
