import type { ProxyImage } from '@evenlight/models';
import { findScene } from '@evenlight/models/src/scene/find-scene.ts';
import { describe, expect, it } from 'vitest';

type Rgb = readonly [number, number, number];
const WHITE: Rgb = [1, 1, 1];
const BLACK: Rgb = [0, 0, 0];
const MAT: Rgb = [0.5, 0.42, 0.3];
const size = 96;

/** A picture whose colour follows from its place, both in pixels. */
function picture(colorAt: (x: number, y: number) => Rgb): ProxyImage {
  const pixels = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) pixels.set(colorAt(x, y), (y * size + x) * 3);
  return { width: size, height: size, pixels };
}

/** A photograph: darker and lighter places, no two lines alike. */
const photo = (x: number, y: number): Rgb => {
  const value = 0.45 + 0.25 * Math.sin(x / 7 + 1) * Math.cos(y / 5 + 0.5) + 0.08 * Math.sin(x * y);
  return [value, 0.9 * value, 0.8 * value];
};

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
const framed = (color: Rgb, { left, top, right, bottom }: Frame): ProxyImage =>
  picture((x, y) => (x < left || y < top || x >= size - right || y >= size - bottom ? color : photo(x, y)));

const whole = { left: 0, top: 0, width: size, height: size };

describe('the scene within a frame', () => {
  it.each([
    ['white', WHITE],
    ['black', BLACK],
    ['coloured', MAT],
  ] as const)('is found in a %s frame, without the line that mixes the two', (_, color) => {
    const scene = findScene(framed(color, { left: 10, top: 10, right: 10, bottom: 10 }));
    expect(scene).toEqual({ left: 11, top: 11, width: 74, height: 74 });
  });

  it('is found in uneven frames, letterboxes and pillars', () => {
    const uneven = findScene(framed(WHITE, { left: 5, top: 12, right: 30, bottom: 0 }));
    expect(uneven).toEqual({ left: 6, top: 13, width: 59, height: 83 });
    const letterbox = findScene(framed(BLACK, { left: 0, top: 14, right: 0, bottom: 14 }));
    expect(letterbox).toEqual({ left: 0, top: 15, width: 96, height: 66 });
  });

  it('is found in a frame that leaves a tenth of the width', () => {
    const scene = findScene(framed(WHITE, { left: 38, top: 38, right: 38, bottom: 38 }));
    expect(scene).toEqual({ left: 39, top: 39, width: 18, height: 18 });
  });

  it('is found behind a line around the photograph', () => {
    const scene = findScene(
      picture((x, y) => {
        const inset = Math.min(x, y, size - 1 - x, size - 1 - y);
        if (inset < 8) return WHITE;
        return inset < 11 ? BLACK : photo(x, y);
      }),
    );
    expect(scene.left).toBeGreaterThanOrEqual(11);
    expect(scene.left).toBeLessThanOrEqual(13);
  });

  it('is found in a frame with grain, dust and round corners', () => {
    const scene = findScene(
      picture((x, y) => {
        const inset = Math.min(x, y, size - 1 - x, size - 1 - y);
        const [across, down] = [Math.abs(x - 47.5) - 32, Math.abs(y - 47.5) - 32];
        const isCorner = across > 0 && down > 0 && Math.hypot(across, down) > 6;
        if (inset >= 10 && !isCorner) return photo(x, y);
        const grain = 0.97 + ((x * 7 + y * 13) % 5) / 255;
        return x === 3 && y === 40 ? [0.2, 0.2, 0.2] : [grain, grain, grain];
      }),
    );
    expect(scene.left).toBeGreaterThanOrEqual(10);
    expect(scene.left).toBeLessThanOrEqual(12);
  });
});

describe('no frame is seen', () => {
  it('where there is none', () => {
    expect(findScene(picture(photo))).toEqual(whole);
  });

  it('in a flat picture', () => {
    expect(findScene(picture(() => WHITE))).toEqual(whole);
  });

  it('in a clipped sky above a skyline', () => {
    const skyline = (x: number): number => 30 + 14 * Math.sin(x / 5) + 10 * Math.cos(x / 13);
    expect(findScene(picture((x, y) => (y < skyline(x) ? WHITE : photo(x, y))))).toEqual(whole);
  });

  it('around an object on a white ground', () => {
    const object = picture((x, y) => (Math.hypot(x - 48, y - 50) < 30 ? photo(x, y) : WHITE));
    expect(findScene(object)).toEqual(whole);
  });

  it('where hardly anything would be left', () => {
    expect(findScene(framed(WHITE, { left: 45, top: 45, right: 45, bottom: 45 }))).toEqual(whole);
  });
});
