import { fitLumaFunction, localLuma, maskOf, stretch } from '@evenlight/models/src/curves/luminosity-map.ts';
import { describe, expect, it } from 'vitest';

/** A picture that is dark at the left and bright at the right. */
const [WIDTH, HEIGHT] = [64, 48];
const PROXY = {
  width: WIDTH,
  height: HEIGHT,
  pixels: Float32Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (Math.floor(i / 3) % WIDTH) / (WIDTH - 1)),
};

describe('the luminosity mask', () => {
  it('follows where the picture is bright', () => {
    const { cells, pixels } = localLuma(PROXY);
    expect([cells.length, pixels.length]).toEqual([32 * 32, WIDTH * HEIGHT]);
    for (let x = 4; x < WIDTH - 4; x++) expect(pixels[20 * WIDTH + x]).toBeCloseTo(x / (WIDTH - 1), 2);
    for (let row = 1; row < 32; row++) expect(cells[row * 32 + 16]).toBeCloseTo(cells[16]!, 5);
  });

  it('takes the cell before where a small picture has no pixel for one', () => {
    const { cells } = localLuma({ width: 2, height: 1, pixels: Float32Array.of(0.2, 0.2, 0.2, 0.6, 0.6, 0.6) });
    // The first row is 0.2 up to its middle and 0.6 from there on, as is all below it; then the cells are smoothed.
    expect([cells[0], cells[14], cells[17], cells[1023]]).toEqual(
      [0.3, 0.3, 0.6, 0.6].map((luma): unknown => expect.closeTo(luma, 5)),
    );
  });

  it('is the share of the change that is wanted at each brightness, and never more than all of it', () => {
    const luma = localLuma(PROXY);
    const change = new Float32Array(WIDTH * HEIGHT * 3).fill(0.1);
    const share = (of: (luma: number) => number): Float32Array =>
      change.map((value, i) => value * of(luma.pixels[Math.floor(i / 3)]!));
    const half = maskOf(
      fitLumaFunction(
        luma.pixels,
        change,
        share(() => 0.5),
      ),
      luma,
    );
    for (const value of half.values) expect(value).toBeCloseTo(0.5, 1);
    const darkOnly = maskOf(
      fitLumaFunction(
        luma.pixels,
        change,
        share((value) => 1 - value),
      ),
      luma,
    );
    const middle = 16 * 32;
    expect(darkOnly.values[middle + 2]).toBeGreaterThan(0.85);
    expect(darkOnly.values[middle + 29]).toBeLessThan(0.2);
    const more = maskOf(
      fitLumaFunction(
        luma.pixels,
        change,
        share(() => 1.8),
      ),
      luma,
    );
    expect(Math.max(...more.values)).toBe(1);
    const against = maskOf(
      fitLumaFunction(
        luma.pixels,
        change,
        share(() => -1),
      ),
      luma,
    );
    expect(Math.min(...against.values)).toBe(0);
  });

  it('is stretched bilinearly: what rises evenly over its cells rises evenly over the picture', () => {
    const cells = Float32Array.from({ length: 32 * 32 }, (_, cell) => (cell % 32) + 100 * Math.floor(cell / 32));
    // Half a cell at each edge lies beyond the middle of the outermost cells, and has their value.
    const place = (index: number, length: number): number =>
      Math.min(31, Math.max(0, ((index + 0.5) / length) * 32 - 0.5));
    for (const [width, height] of [
      [80, 50],
      [7, 100],
    ] as const) {
      const expected = Array.from(
        { length: width * height },
        (_, i) => place(i % width, width) + 100 * place(Math.floor(i / width), height),
      );
      const pixels = stretch(cells, width, height);
      expect(pixels).toHaveLength(width * height);
      expect(pixels.findIndex((value, i) => Math.abs(value - expected[i]!) > 1e-3)).toBe(-1);
    }
  });
});

describe('a function of how bright the surroundings are', () => {
  const KNOTS = 9;
  /** What nine knots become where all pixels are this bright, and this share of the change is wanted. */
  const fitted = (luma: number, share: number): number[] => [
    ...fitLumaFunction(
      new Float32Array(10).fill(luma),
      new Float32Array(30).fill(0.25),
      new Float32Array(30).fill(0.25 * share),
    ),
  ];
  /** 1 at all knots but those that are given. */
  const knots = (given: Readonly<Record<number, number>>): unknown[] =>
    Array.from({ length: KNOTS }, (_, knot) => expect.closeTo(given[knot] ?? 1, 6) as unknown);

  it('is drawn to 1 with a twentieth of what all pixels say of a knot, in the mean', () => {
    // 10 pixels at the knot in the middle ask for a half, and a twentieth of a ninth of them, one of 180 parts, for 1.
    expect(fitted(0.5, 0.5)).toEqual(knots({ 4: (90 + 1) / (180 + 1) }));
    // Three quarters at one knot, a quarter at the next one.
    expect(fitted(4.25 / 8, 0.5)).toEqual(knots({ 4: (67.5 + 1) / (135 + 1), 5: (22.5 + 1) / (45 + 1) }));
    expect(fitted(0, 0.5)).toEqual(knots({ 0: 91 / 181 }));
    expect(fitted(1, 0.5)).toEqual(knots({ 8: 91 / 181 }));
  });

  it('lies between 0 and 2', () => {
    expect(fitted(0.5, -1)).toEqual(knots({ 4: 0 }));
    expect(fitted(0.5, 3)).toEqual(knots({ 4: 2 }));
  });

  it('is 1 where nothing changes', () => {
    expect([...fitLumaFunction(Float32Array.of(0.3), new Float32Array(3), new Float32Array(3))]).toEqual(knots({}));
  });

  it('is straight between its knots, and the same beyond its ends', () => {
    const values = Float64Array.of(0.1, 0.2, 0.4, 0, 0, 0, 0, 0.5, 0.9);
    const luma = [-1, 0, 1 / 16, 3 / 16, 15 / 16, 1, 2];
    const { values: mask, ...size } = maskOf(values, {
      cells: Float32Array.from(luma),
      pixels: new Float32Array(0),
    });
    expect([...mask]).toEqual([0.1, 0.1, 0.15, 0.3, 0.7, 0.9, 0.9].map((value): unknown => expect.closeTo(value, 6)));
    expect(size).toEqual({ width: 32, height: 32 });
  });
});
