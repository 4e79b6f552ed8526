import type { ProxyImage } from '@evenlight/models';
import { nightCertaintySteps } from '@evenlight/models/src/scene/night-certainty.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { describe, expect, it } from 'vitest';

interface Sky {
  readonly width?: number;
  readonly height?: number;
  /** Of the ground, as a code. */
  readonly level?: number;
  /** Of the points, above the ground: one in four pixels of each row, the same in each block. */
  readonly points?: number;
  /** Codes that a place is brighter than the ground. */
  readonly more?: (x: number, y: number) => number;
}

/** A gray ground with points. They are as far above their neighbours as above what lies a block farther, which has points too. */
function sky({ width = 64, height = 64, level = 25, points = 60, more = () => 0 }: Sky): ProxyImage {
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (level + (x % 4 === 1 ? points : 0) + more(x, y)) / 255;
  });
  return { width, height, pixels };
}

const certainty = (what: Sky): number => runSteps(nightCertaintySteps(sky(what)));

describe('how certain it is that a picture is a night sky', () => {
  it('is fully so for points before a dark ground, and not at all without points', () => {
    expect(certainty({})).toBe(1);
    expect(certainty({ points: 0 })).toBe(0);
  });

  it.each([
    [41, 0],
    [40, 0],
    [39, 0.1],
    [33, 0.7],
    [31, 0.9],
    [30.6, 0.9],
    [30.4, 1],
    [30, 1],
    [0, 1],
  ])('falls from code 30 to code 40 of the median: code %i', (level, certain) => {
    expect(certainty({ level })).toBeCloseTo(certain, 6);
  });

  it('takes the median of the picture: half of it at least is as dark', () => {
    const top = (rows: number): number => certainty({ more: (_, y) => (y < rows ? 10 : 0), level: 30 });
    // The points are a quarter of the rest, and brighter.
    expect(top(20)).toBe(1);
    expect(top(24)).toBe(0);
  });

  it.each([
    [4, 1],
    [4.25, 0.75],
    [4.5, 0.5],
    [4.75, 0.25],
    [5, 0],
  ])('falls from 4 to 5 codes that places differ from their row: %f', (codes, certain) => {
    // As much darker on the left as it is brighter on the right.
    expect(certainty({ more: (x) => (x < 32 ? -codes : codes) })).toBeCloseTo(certain, 3);
  });

  it('does not mind a sky that gets brighter towards the horizon, or a lit fifth of it', () => {
    expect(certainty({ level: 12, more: (_, y) => y / 4 })).toBe(1);
    // Twelve of 64 blocks, then sixteen.
    expect(certainty({ more: (x, y) => (y < 16 && x < 48 ? 60 : 0) })).toBe(1);
    expect(certainty({ more: (x, y) => (y < 24 && x < 48 && x > 7 ? 60 : 0) })).toBeLessThan(1);
  });

  it.each([
    [3.6, 0],
    [3.8, 0],
    [4.2, 0.25],
    [4.52, 0.5],
    [4.84, 0.75],
    [5.2, 1],
  ])(
    'rises with how much finer its structures are than a block: points of %f codes in a coarse wave',
    (spike, certain) => {
      // Four of eight pixels are three codes brighter, in the next eight the other four: a point every eight pixels adds to it.
      const wave = (x: number): number => ((x + 4) % 16 < 8 ? 3 : 0) + (x % 8 === 1 ? spike : 0);
      const near = (3 / 8 + spike / 4) / (3 + 0.01);
      expect(Math.min(1, Math.max(0, (near - 0.45) / 0.1))).toBeCloseTo(certain, 1);
      expect(certainty({ points: 0, more: wave })).toBeCloseTo(Math.min(1, Math.max(0, (near - 0.45) / 0.1)), 2);
    },
  );

  it.each([
    [0.12, 1],
    [0.13, 1],
    [0.1475, 0.75],
    [0.165, 0.5],
    [0.1825, 0.25],
    [0.2, 0],
  ])('falls from 0.13 to 0.2 of a ground that the middle half of its pixels is spread over: %f', (share, certain) => {
    // Every second row is darker by that share of the brighter ones and a code.
    const spread = share * (20 + 1);
    expect(certainty({ level: 20, more: (_, y) => -(y % 2) * spread })).toBeCloseTo(certain, 2);
  });

  it('minds how spread the pixels of half of the blocks are, not of a few', () => {
    const spread = (columns: number): number =>
      certainty({ level: 20, more: (x, y) => (x < columns ? -(y % 2) * 8 : 0) });
    expect([spread(0), spread(24)]).toEqual([1, 1]);
    expect([spread(40), spread(64)]).toEqual([0, 0]);
  });

  it.each([
    [16, 16, 1],
    [15, 64, 0],
    [64, 15, 0],
    [17, 23, 1],
  ])('needs two blocks a side: %i × %i', (width, height, certain) => {
    expect(certainty({ width, height })).toBe(certain);
  });
});
