import { fitLumaFunction, localLuma, maskOf } from '@evenlight/models/src/curves/luminosity-map.ts';
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
});
