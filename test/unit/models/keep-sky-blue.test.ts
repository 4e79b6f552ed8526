import {
  applyToProxy,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  type Correction,
  type ProxyImage,
} from '@evenlight/models';
import { keepSkyBlueSteps } from '@evenlight/models/src/keep-sky-blue.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

const keepSkyBlue = (correction: Correction, proxy: ProxyImage): Correction =>
  runSteps(keepSkyBlueSteps(correction, proxy));

type Rgb = readonly [number, number, number];

const [width, height] = [48, 48];
const CYAN: Rgb = [0.8, 1, 1];

/** Makes every value `factor` times as large. */
function scaled(factor: number): Correction {
  const coefficients = Float32Array.from({ length: 4 * 4 * 8 * 12 }, (_, i) =>
    [0, 5, 10].includes(i % 12) ? factor : 0,
  );
  return createCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 8, guide: LUMA_GUIDE, coefficients });
}

/** A ground with a sky above it. */
function skyOver(ground: Rgb, sky: Rgb = CYAN): ProxyImage {
  const pixels = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => (Math.floor(i / 3 / width) < height / 2 ? sky : ground)[i % 3]!,
  );
  return { width, height, pixels };
}

/** What becomes of the first and of the last pixel, in codes. */
function corrected(correction: Correction, proxy: ProxyImage): { sky: number[]; ground: number[] } {
  const { pixels } = applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy);
  const codes = (at: number): number[] => [...pixels.subarray(at, at + 3)].map((value) => Math.round(value * 255));
  return { sky: codes(0), ground: codes(pixels.length - 3) };
}

describe('an over-exposed sky', () => {
  const darker = scaled(0.8);

  it('gets a green half way between red and blue where green and blue are clipped', () => {
    const proxy = skyOver([0.3, 0.3, 0.3]);
    expect(corrected(darker, proxy).sky).toEqual([163, 204, 204]);
    expect(corrected(keepSkyBlue(darker, proxy), proxy).sky).toEqual([163, 184, 204]);
  });

  it('stays as it was corrected where only blue is clipped, or red is as well', () => {
    for (const sky of [
      [0.7, 0.9, 1],
      [1, 1, 1],
      [0.8, 0.95, 0.95],
    ] as const) {
      const proxy = skyOver([0.3, 0.3, 0.3], sky);
      expect(keepSkyBlue(darker, proxy)).toBe(darker);
    }
  });

  it('changes no gray beside it, however near', () => {
    const proxy = skyOver([0.93, 0.93, 0.93]);
    const kept = corrected(keepSkyBlue(darker, proxy), proxy);
    expect(kept.sky).toEqual([163, 184, 204]);
    expect(kept.ground).toEqual(corrected(darker, proxy).ground);
  });

  it('is blue already where the network made it so', () => {
    const proxy = skyOver([0.3, 0.3, 0.3]);
    const once = keepSkyBlue(darker, proxy);
    expect(corrected(keepSkyBlue(once, proxy), proxy).sky).toEqual([163, 184, 204]);
  });

  it('gives way to colours of the same brightness that are not clipped', () => {
    const [pure, mixed] = [skyOver([0.3, 0.3, 0.3]), skyOver([0.72, 0.99, 0.94])];
    const greenOf = (proxy: ProxyImage): number => corrected(keepSkyBlue(darker, proxy), proxy).ground[1]!;
    expect(greenOf(pure)).toBe(corrected(darker, pure).ground[1]);
    expect(corrected(darker, mixed).ground[1]! - greenOf(mixed)).toBeLessThan(4);
  });
});

describe('a picture that is not made darker', () => {
  it('keeps its correction', () => {
    const proxy = skyOver([0.3, 0.3, 0.3]);
    for (const factor of [1, 1.1, 0.99]) {
      const correction = scaled(factor);
      expect(keepSkyBlue(correction, proxy)).toBe(correction);
    }
  });

  it('is changed by half where it becomes half as much darker as an over-exposed one', () => {
    const proxy = skyOver([0.3, 0.3, 0.3]);
    const mean = proxy.pixels.reduce((sum, value) => sum + value, 0) / proxy.pixels.length;
    const slightly = scaled(1 - 0.03 / mean);
    const green = (correction: Correction): number => corrected(correction, proxy).sky[1]!;
    const full = (0.2 * 255 * (1 - 0.03 / mean)) / 2;
    const change = green(slightly) - green(keepSkyBlue(slightly, proxy));
    expect(Math.abs(change - full / 2)).toBeLessThan(1.5);
  });
});
