import type { ProxyImage } from '@evenlight/models';
import { findScene } from '@evenlight/models/src/scene/find-scene.ts';
import { describe, expect, it } from 'vitest';

type Codes = readonly [number, number, number];
const SIDE = 100;
const WHITE: Codes = [255, 255, 255];
const BLACK: Codes = [0, 0, 0];
const WHOLE = { left: 0, top: 0, width: SIDE, height: SIDE };

/** A picture whose pixels' codes 0..255 follow from their place. */
function picture(colorAt: (x: number, y: number) => Codes, width = SIDE): ProxyImage {
  const pixels = new Float32Array(width * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < width; x++)
      pixels.set(
        colorAt(x, y).map((code) => code / 255),
        (y * width + x) * 3,
      );
  }
  return { width, height: SIDE, pixels };
}

/** A photograph: no two lines alike, and nowhere black or white. */
const photo = (x: number, y: number): Codes => {
  const value = 115 + 60 * Math.sin(x / 7 + 1) * Math.cos(y / 5 + 0.5) + 20 * Math.sin(x * y);
  return [value, 0.9 * value, 0.8 * value];
};
const inset = (x: number, y: number): number => Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y);

describe('the frame of a photograph', () => {
  it.each([0, 1, 2])('may differ by six codes from its colour, in channel %i', (channel) => {
    const framed = (codes: number): ProxyImage =>
      picture((x, y) => {
        if (inset(x, y) >= 10) return photo(x, y);
        const isOther = (x + y) % 5 < 2;
        return [60, 60, 60].map((code, c) => code + (isOther && c === channel ? codes : 0)) as unknown as Codes;
      });
    for (const sign of [1, -1]) {
      expect(findScene(framed(sign * 5.9))).toEqual({ left: 11, top: 11, width: 78, height: 78 });
      expect(findScene(framed(sign * 6.1))).toEqual(WHOLE);
    }
  });

  it('may have two stray pixels of a hundred, at its corner too', () => {
    const letterboxed = (stray: number): ProxyImage =>
      picture((x, y) => (y >= 10 ? photo(x, y) : x < stray ? WHITE : BLACK));
    expect(findScene(letterboxed(2))).toEqual({ left: 0, top: 11, width: 100, height: 89 });
    expect(findScene(letterboxed(3))).toEqual(WHOLE);
  });

  it('ends all at once: half of the second line behind it has another colour', () => {
    const ending = (pixels: number): ProxyImage =>
      picture((x, y) => (y < 10 || (y < 12 && x >= pixels) ? WHITE : photo(x, y)));
    expect(findScene(ending(50))).toEqual({ left: 0, top: 11, width: 100, height: 89 });
    expect(findScene(ending(49))).toEqual(WHOLE);
  });

  it('ends so against the longest line of a tall picture, however far down that is', () => {
    const ending = (pixels: number): ProxyImage =>
      picture((x, y) => (y < 10 || (y < 60 && x >= pixels) ? WHITE : photo(x, y)), 40);
    expect(findScene(ending(20))).toEqual({ left: 0, top: 11, width: 40, height: 89 });
    expect(findScene(ending(16))).toEqual({ left: 0, top: 0, width: 40, height: 100 });
  });

  it('ends so for an odd number of pixels: 50 of 99, beside a line at the side', () => {
    const ending = (pixels: number): ProxyImage =>
      picture((x, y) => (x === 0 || y < 10 || (y < 12 && x > pixels) ? WHITE : photo(x, y)));
    expect(findScene(ending(50))).toEqual({ left: 2, top: 11, width: 98, height: 89 });
    expect(findScene(ending(49))).toEqual({ left: 2, top: 0, width: 98, height: 100 });
  });

  it('ends so between the frame at its sides: half of what lies there is enough', () => {
    // 60 columns are scene. Thirty pixels of the line behind the upper bar are, and a few at the side.
    const pillars = (pixels: number): ProxyImage =>
      picture((x, y) => {
        const isBar = y < 10 || (y < 12 && x >= 20 + pixels);
        return isBar || x < 20 || x >= 80 ? WHITE : photo(x, y);
      });
    expect(findScene(pillars(30))).toEqual({ left: 21, top: 11, width: 58, height: 89 });
  });

  it('is taken away four times at most: a line of another colour after each', () => {
    const nested = (frames: number): ProxyImage =>
      picture((x, y) => {
        const frame = Math.floor(inset(x, y) / 5);
        if (frame >= frames) return photo(x, y);
        return frame % 2 === 0 ? WHITE : BLACK;
      });
    // Five lines of each frame and the one behind them, which is the first of the next frame.
    [6, 11, 16, 21, 21].forEach((left, i) => {
      expect(findScene(nested(i + 1))).toEqual({ left, top: left, width: 100 - 2 * left, height: 100 - 2 * left });
    });
  });

  it('leaves sixteen pixels a side', () => {
    const framed = (left: number, top: number): ProxyImage =>
      picture((x, y) => (x < left || x >= 59 || y < top || y >= 59 ? WHITE : photo(x, y)));
    expect(findScene(framed(41, 41))).toEqual({ left: 42, top: 42, width: 16, height: 16 });
    expect(findScene(framed(42, 41))).toEqual(WHOLE);
    expect(findScene(framed(41, 42))).toEqual(WHOLE);
  });

  it('lies before at least two lines of something else', () => {
    for (const isLast of [(_: number, y: number) => y === SIDE - 1, (x: number) => x === SIDE - 1])
      expect(findScene(picture((x, y) => (isLast(x, y) ? photo(x, y) : WHITE)))).toEqual(WHOLE);
  });
});
