import {
  applyToProxy,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  type Correction,
  type ProxyImage,
} from '@evenlight/models';
import { keepHuesSteps } from '@evenlight/models/src/hues/keep-hues.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

const keepHues = (correction: Correction, proxy: ProxyImage): Correction => runSteps(keepHuesSteps(correction, proxy));

type Rgb = readonly [number, number, number];

const [width, height] = [48, 48];
const CYAN: Rgb = [0.8, 1, 1];
const YELLOW: Rgb = [1, 1, 0.8];
const GRAY: Rgb = [0.3, 0.3, 0.3];

/** Multiplies each channel by its factor, everywhere. */
function scaled(red: number, green = red, blue = red): Correction {
  const matrix = [red, 0, 0, 0, 0, green, 0, 0, 0, 0, blue, 0];
  const coefficients = Float32Array.from({ length: 4 * 4 * 8 * 12 }, (_, i) => matrix[i % 12]!);
  return createCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 8, guide: LUMA_GUIDE, coefficients });
}

/** One colour above another, half and half. */
function above(top: Rgb, bottom: Rgb = GRAY): ProxyImage {
  const pixels = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => (Math.floor(i / 3 / width) < height / 2 ? top : bottom)[i % 3]!,
  );
  return { width, height, pixels };
}

/** What becomes of the first pixel and of the last, in codes. */
function corrected(correction: Correction, proxy: ProxyImage): { top: number[]; bottom: number[] } {
  const { pixels } = applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy);
  const codes = (at: number): number[] => [...pixels.subarray(at, at + 3)].map((value) => Math.round(value * 255));
  return { top: codes(0), bottom: codes(pixels.length - 3) };
}

const kept = (correction: Correction, proxy: ProxyImage): { top: number[]; bottom: number[] } =>
  corrected(keepHues(correction, proxy), proxy);

/** Red less green, as a share of how far their mean is above blue. */
const ratio = ([red, green, blue]: number[]): number => (red! - green!) / ((red! + green!) / 2 - blue!);

const darker = scaled(0.8);
/** Makes everything darker, and green browner. */
const browner = scaled(0.85, 0.75, 0.8);

describe('an over-exposed sky', () => {
  it('gets a green half way between red and blue where green and blue are clipped', () => {
    expect(corrected(darker, above(CYAN)).top).toEqual([163, 204, 204]);
    const [red, green, blue] = kept(darker, above(CYAN)).top;
    expect(red).toBe(163);
    expect((green! - red!) / (blue! - red!)).toBeCloseTo(0.5, 1);
    expect(green! + blue!).toBeCloseTo(408, -1);
  });

  it('stays as it was corrected where only blue is clipped, or red is as well', () => {
    for (const sky of [
      [0.7, 0.9, 1],
      [1, 1, 1],
      [0.8, 0.95, 0.95],
    ] as const) {
      expect(keepHues(darker, above(sky))).toBe(darker);
    }
  });

  it('changes no gray beside it, however near', () => {
    const proxy = above(CYAN, [0.93, 0.93, 0.93]);
    expect(kept(darker, proxy).top).toEqual(kept(darker, above(CYAN)).top);
    expect(kept(darker, proxy).bottom).toEqual(corrected(darker, proxy).bottom);
  });

  it('is blue already where the correction made it so', () => {
    const once = keepHues(darker, above(CYAN));
    expect(kept(once, above(CYAN)).top).toEqual(corrected(once, above(CYAN)).top);
  });

  it('gives way to colours of the same brightness that are not clipped', () => {
    const mixed = above(CYAN, [0.72, 0.99, 0.94]);
    const [now, was] = [kept(darker, mixed).bottom[1]!, corrected(darker, mixed).bottom[1]!];
    expect(Math.abs(now - was)).toBeLessThan(4);
  });
});

describe('an over-exposed lawn', () => {
  it.each([
    { lawn: [0.7, 0.8, 0.4] as const, what: 'that is not clipped' },
    { lawn: [0.85, 1, 0.6] as const, what: 'whose green is clipped' },
    { lawn: [0.8, 0.8, 0.5] as const, what: 'that is yellow' },
  ])('keeps its hue $what', ({ lawn }) => {
    const proxy = above(lawn);
    expect(Math.abs(ratio(corrected(browner, proxy).top) - ratio([...lawn]))).toBeGreaterThan(0.15);
    expect(ratio(kept(browner, proxy).top)).toBeCloseTo(ratio([...lawn]), 1);
  });

  it('is not made greener or browner where red is clipped, or where it is orange', () => {
    for (const color of [
      [1, 0.8, 0.5],
      [1, 0.96, 0.5],
      [0.9, 0.7, 0.4],
    ] as const) {
      expect(keepHues(browner, above(color))).toBe(browner);
    }
  });
});

describe('what is clipped in red and green', () => {
  it('becomes as green as the lawn around it', () => {
    const lawn: Rgb = [0.85, 0.97, 0.6];
    const proxy = above(YELLOW, lawn);
    expect(ratio(corrected(darker, proxy).top)).toBe(0);
    expect(ratio(kept(darker, proxy).top)).toBeLessThan(0.6 * ratio([...lawn]));
    expect(ratio(kept(darker, above(lawn, YELLOW)).bottom)).toBeLessThan(0.6 * ratio([...lawn]));
  });

  it('becomes as green as the lawn came to be', () => {
    const lawn: Rgb = [0.85, 0.97, 0.6];
    const proxy = above(YELLOW, lawn);
    expect(ratio(corrected(browner, proxy).bottom)).toBeGreaterThan(-0.05);
    expect(ratio(kept(browner, proxy).top)).toBeLessThan(0.5 * ratio([...lawn]));
  });

  it('becomes as orange as the skin around it', () => {
    const skin: Rgb = [1, 0.85, 0.65];
    const proxy = above(YELLOW, skin);
    expect(ratio(kept(darker, proxy).top)).toBeGreaterThan(0.6 * ratio([...skin]));
    expect(ratio(kept(darker, proxy).bottom)).toBeGreaterThan(0.9 * ratio([...skin]));
  });

  it('stays yellow where nothing near it has a hue, or only what is dark', () => {
    for (const bottom of [GRAY, [0.4, 0.5, 0.2]] as const) {
      const proxy = above(YELLOW, bottom);
      expect(kept(darker, proxy).top).toEqual(corrected(darker, proxy).top);
    }
  });

  it('takes no hue from the other end of the picture', () => {
    const pixels = Float32Array.from({ length: 256 * 256 * 3 }, (_, i) => {
      const y = Math.floor(i / 3 / 256);
      return (y < 64 ? YELLOW : y < 192 ? GRAY : ([1, 0.85, 0.65] as const))[i % 3]!;
    });
    const proxy = { width: 256, height: 256, pixels };
    expect(kept(darker, proxy).top).toEqual(corrected(darker, proxy).top);
  });
});

describe('magenta, turquoise and gray', () => {
  it('stay as they were corrected', () => {
    for (const color of [[1, 0.7, 1], [0.9, 0.6, 0.8], [0.5, 0.9, 0.65], GRAY] as const) {
      expect(keepHues(browner, above(color))).toBe(browner);
    }
  });
});

describe('a picture that is not made darker', () => {
  it('keeps its correction', () => {
    for (const factor of [1, 1.1, 0.99]) {
      const correction = scaled(factor);
      expect(keepHues(correction, above(CYAN))).toBe(correction);
    }
  });

  it('is changed by half where it becomes half as much darker as an over-exposed one', () => {
    const proxy = above(CYAN);
    const mean = proxy.pixels.reduce((sum, value) => sum + value, 0) / proxy.pixels.length;
    const slightly = scaled(1 - 0.03 / mean);
    const distance = ([, green, blue]: number[]): number => blue! - green!;
    const full = distance(kept(darker, proxy).top) / 0.8;
    expect(Math.abs(distance(kept(slightly, proxy).top) / (1 - 0.03 / mean) - full / 2)).toBeLessThan(2);
  });
});
