import { keepVisible } from '@evenlight/models';
import { VISIBLE_RADIUS } from '@evenlight/models/src/restore/keep-visible.ts';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../pictures.ts';

const WIDTH = 96;
const HEIGHT = 40;

/** A residual whose values are `±codes` of 255, as a place says. */
function residualOf(codes: (x: number, y: number) => number): Float32Array {
  const random = randomNumbers(5);
  return Float32Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ((random() < 0.5 ? -1 : 1) * codes(pixel % WIDTH, Math.floor(pixel / WIDTH))) / 255;
  });
}

/** What share of a residual stays, at each pixel. */
function shares(residual: Float32Array): number[] {
  const kept = residual.slice();
  keepVisible(kept, { width: WIDTH, height: HEIGHT });
  return Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => kept[pixel * 3]! / residual[pixel * 3]!);
}

describe('what is kept of a residual', () => {
  it('is nothing where it would not be seen: fine detail of a clean picture stays as it is', () => {
    expect(shares(residualOf(() => 1.2)).every((share) => share === 0)).toBe(true);
  });

  it('is all of it, bit for bit, where it is plainly seen', () => {
    const residual = residualOf(() => 2.5);
    const before = residual.slice();
    keepVisible(residual, { width: WIDTH, height: HEIGHT });
    expect(residual).toEqual(before);
  });

  it('grows smoothly between: half at 1.75 codes', () => {
    const means = [1.3, 1.5, 1.75, 2, 2.2].map((codes) => shares(residualOf(() => codes))[WIDTH * 20 + 48]!);
    expect(means[2]).toBeCloseTo(0.5, 3);
    expect([...means].sort((a, b) => a - b)).toEqual(means);
  });

  it.each([
    [1.25, 0],
    [1.5, 0.15625],
    [1.75, 0.5],
    [2, 0.84375],
    [2.25, 1],
  ])('is at %f codes, in all channels or in one of √3 as many, the share of a smooth step: %f', (codes, share) => {
    const middle = WIDTH * 20 + 48;
    expect(shares(residualOf(() => codes))[middle]).toBeCloseTo(share, 4);
    for (const channel of [0, 1, 2]) {
      const one = residualOf(() => codes * Math.sqrt(3)).map((value, i) => (i % 3 === channel ? value : 0));
      const kept = one.slice();
      keepVisible(kept, { width: WIDTH, height: HEIGHT });
      expect(kept[middle * 3 + channel]! / one[middle * 3 + channel]!).toBeCloseTo(share, 4);
    }
  });

  it('depends on the place: a noisy half is cleaned and the clean one beside it is not', () => {
    const kept = shares(residualOf((x) => (x < WIDTH / 2 ? 5 : 0.5)));
    const atColumn = (x: number): number => kept[20 * WIDTH + x]!;
    for (let x = 0; x < WIDTH / 2; x++) expect(atColumn(x)).toBe(1);
    for (let x = WIDTH / 2 + VISIBLE_RADIUS; x < WIDTH; x++) expect(atColumn(x)).toBe(0);
    // Up to eight pixels away: one column of 17 there is noisy, which is 1.3 codes.
    expect(VISIBLE_RADIUS).toBe(8);
    expect(atColumn(WIDTH / 2 + 7)).toBeGreaterThan(0);
  });

  it('is the same pixel by pixel in all three channels, so that no colour is added', () => {
    const residual = residualOf(() => 1.75);
    const kept = residual.slice();
    keepVisible(kept, { width: WIDTH, height: HEIGHT });
    for (let i = 0; i < kept.length; i += 3) {
      const [red, green, blue] = [0, 1, 2].map((c) => kept[i + c]! / residual[i + c]!);
      expect(green).toBeCloseTo(red!, 5);
      expect(blue).toBeCloseTo(red!, 5);
    }
  });
});
