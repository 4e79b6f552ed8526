import type { ProxyImage } from '@evenlight/models';
import { drawnCertaintySteps } from '@evenlight/models/src/scene/drawn-certainty.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { describe, expect, it } from 'vitest';

type Codes = readonly [number, number, number];

/** A proxy whose pixels' codes 0..255 follow from their place. */
function picture(colorAt: (x: number, y: number) => Codes | number, width = 100, height = 100): ProxyImage {
  const pixels = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = colorAt(x, y);
      pixels.set(
        (typeof color === 'number' ? [color, color, color] : color).map((code) => code / 255),
        (y * width + x) * 3,
      );
    }
  }
  return { width, height, pixels };
}

/** No ground: no pixel is like its neighbour, and none is near a gray. */
const rough = (x: number, y: number): Codes => ((x + y) % 2 === 0 ? [0, 255, 0] : [255, 0, 255]);

interface Stripes {
  readonly count: number;
  readonly stripeWidth?: number;
  readonly color?: (x: number, y: number, stripe: number) => Codes | number;
  readonly rows?: number;
}

/** Upright stripes of a ground with a rough line before each of them: every row goes into the ground as often as there are stripes. */
function stripes({ count, stripeWidth = 6, color = () => 120, rows = 100 }: Stripes): ProxyImage {
  return picture((x, y) => {
    const stripe = Math.floor(x / (stripeWidth + 1));
    const isLine = x % (stripeWidth + 1) === 0;
    return isLine || stripe >= count || y >= rows ? rough(x, y) : color(x, y, stripe);
  });
}

const certainty = (what: Stripes): number => runSteps(drawnCertaintySteps(stripes(what)));

describe('how certain it is that a picture was drawn', () => {
  it.each([
    [4, 0],
    [5, 0],
    [6, 2 / 7],
    [7, 4 / 7],
    [8, 6 / 7],
    [9, 1],
    [12, 1],
  ])('rises with how often a row goes into a ground: %i times', (count, certain) => {
    expect(certainty({ count })).toBeCloseTo(certain, 6);
  });

  it('rises alike with how often a column does, and both add up', () => {
    const upright = stripes({ count: 7 });
    const lying = picture((x, y) => {
      const at = (x * 100 + y) * 3;
      return [0, 1, 2].map((c) => 255 * upright.pixels[at + c]!) as unknown as Codes;
    });
    expect(runSteps(drawnCertaintySteps(lying))).toBeCloseTo(4 / 7, 6);
    // Four columns and three rows of boxes: 4 · 78 % of the rows, 3 · 80 % of the columns.
    const boxes = picture((x, y) => (x % 25 < 5 || y % 33 < 7 ? rough(x, y) : 120), 100, 99);
    expect(runSteps(drawnCertaintySteps(boxes))).toBeCloseTo(((4 * 78) / 99 + (3 * 80) / 100 - 5) / 3.5, 6);
  });

  it.each([
    [25, 0],
    [26, 0.03125],
    [37, 0.485],
    [49, 0.98],
    [50, 1],
  ])('rises with how much of the picture is flat ground: %i rows', (rows, certain) => {
    // Of 33 stripes of two pixels the left ones are flat, but in the last row.
    expect((33 * (rows - 1)) / 10_000).toBeCloseTo(Math.min(0.16, 0.08 + certain * 0.08), 2);
    expect(certainty({ count: 33, stripeWidth: 2, rows })).toBeCloseTo(certain, 6);
  });

  it.each([
    [5, 0],
    [6, 0.656],
    [7, 1],
  ])('rises with how many of the pixels near a ground have exactly its colour: %i of 14 stripes', (exact, certain) => {
    const color = (_x: number, _y: number, stripe: number): number => (stripe < exact ? 120 : stripe < 10 ? 121 : 119);
    expect(certainty({ count: 14, color })).toBeCloseTo(certain, 2);
  });

  it('takes for exactly its colour what a mean over it rounds to, up to three quarters of a code', () => {
    const others = (away: number): number => {
      const color = (_x: number, _y: number, stripe: number): number =>
        120 + (stripe < 6 ? 0 : stripe < 10 ? away : -away);
      return certainty({ count: 14, color });
    };
    expect(others(0.7)).toBe(1);
    expect(others(0.8)).toBeCloseTo(0.656, 2);
  });

  it.each([
    [0, 0],
    [1, 0.279],
    [2, 0.714],
  ])('rises with how much is of other grounds: %i of 5 stripes', (others, certain) => {
    const color = (_x: number, _y: number, stripe: number): number => (stripe >= 5 - others ? 200 : 120);
    expect(certainty({ count: 5, color })).toBeCloseTo(certain, 3);
  });

  it('takes colours up to four codes apart for one ground', () => {
    const two = (other: number): number =>
      certainty({ count: 5, color: (_x, _y, stripe) => (stripe >= 3 ? other : 120) });
    expect([two(123), two(117)]).toEqual([0, 0]);
    expect(two(125)).toBeCloseTo(0.714, 3);
    expect(two(115)).toBeCloseTo(0.714, 3);
    const channel = (c: number): number =>
      certainty({
        ...{ count: 5 },
        color: (_x, _y, stripe) => [0, 1, 2].map((i) => (stripe >= 3 && i === c ? 125 : 120)) as unknown as Codes,
      });
    for (const c of [0, 1, 2]) expect(channel(c)).toBeCloseTo(0.714, 3);
  });

  it.each<[Codes | number, number]>([
    [2, 0],
    [3, 1],
    [252, 1],
    [253, 0],
    [[253, 253, 240], 1],
    [[1, 30, 1], 1],
    [[1, 2, 0], 0],
  ])('says nothing where light or dark is clipped: a ground of %j', (color, certain) => {
    expect(certainty({ count: 12, color: () => color })).toBe(certain);
  });

  it('counts only lines that are clearly something else than the ground', () => {
    const lined = (line: Codes | number): number =>
      runSteps(drawnCertaintySteps(picture((x) => (x % 8 === 0 ? line : 120))));
    expect([lined(127), lined(113), lined([120, 127, 120])]).toEqual([0, 0, 0]);
    expect([lined(129), lined(111), lined([129, 120, 120]), lined([120, 111, 120]), lined([120, 120, 129])]).toEqual(
      Array(5).fill(1),
    );
  });

  it('looks at eight grounds, the largest ones', () => {
    const color = (_x: number, _y: number, stripe: number): number => 20 + 15 * stripe;
    // Eight stripes of 45 rows, each row counted half more often for the other grounds: 5.4 times.
    expect(certainty({ count: 12, color, rows: 45 })).toBeCloseTo(0.4 / 3.5, 6);
    expect(certainty({ count: 8, color, rows: 45 })).toBeCloseTo(0.4 / 3.5, 6);
    expect(certainty({ count: 7, color, rows: 45 })).toBe(0);
  });

  it('asks for flat places: where each pixel differs a little from the next there is no ground', () => {
    for (const step of [0.025, 0.035]) {
      const isFlat = step < 0.03;
      expect(certainty({ count: 12, color: (x) => 120 + (x % 2) * step })).toBe(isFlat ? 1 : 0);
      expect(certainty({ count: 12, color: (_, y) => 120 + (y % 2) * step })).toBe(isFlat ? 1 : 0);
      for (const c of [0, 1, 2]) {
        const color = (x: number): Codes => [0, 1, 2].map((i) => 120 + (i === c ? (x % 2) * step : 0)) as never;
        expect(certainty({ count: 12, color })).toBe(isFlat ? 1 : 0);
      }
    }
  });
});
