import { createCorrection, type ProxyImage, viewScene } from '@evenlight/models';
import { coverPicture, enlargeBox } from '@evenlight/models/src/scene/scene-view.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, randomNumbers } from '../pictures.ts';

const size = 64;

/** A ramp from left to right within a white frame. */
function framedRamp(frame: number): ProxyImage {
  const pixels = new Float32Array(size * size * 3).fill(1);
  for (let y = frame; y < size - frame; y++) {
    for (let x = frame; x < size - frame; x++) {
      const value = 0.2 + (0.5 * (x - frame)) / (size - 2 * frame) + 0.1 * Math.sin(y);
      pixels.fill(value, (y * size + x) * 3, (y * size + x) * 3 + 3);
    }
  }
  return { width: size, height: size, pixels };
}

/** A grid of one depth that multiplies by 1 + its column / 10. */
const rising = createCorrection({
  gridWidth: 8,
  gridHeight: 8,
  gridDepth: 1,
  guide: LUMA_GUIDE,
  coefficients: Float32Array.from({ length: 8 * 8 * 12 }, (_, i) =>
    [0, 5, 10].includes(i % 12) ? 1 + (Math.floor(i / 12) % 8) / 10 : 0,
  ),
});

describe('what the network is shown', () => {
  it('is the proxy itself where there is no frame, and always for a network that answers with a picture', () => {
    const plain = framedRamp(0);
    expect(viewScene({ kind: 'grid' }, plain).scene).toBe(plain);
    const framed = framedRamp(16);
    expect(viewScene({ kind: 'image' }, framed).scene).toBe(framed);
  });

  it('is the scene alone, at the size of the proxy', () => {
    const { scene, box } = viewScene({ kind: 'grid' }, framedRamp(16));
    expect(box).toEqual({ left: 17, top: 17, width: 30, height: 30 });
    expect([scene.width, scene.height]).toEqual([size, size]);
    expect(Math.max(...scene.pixels)).toBeLessThan(0.85);
    const row = [...scene.pixels.subarray(32 * size * 3, 33 * size * 3)].filter((_, i) => i % 3 === 0);
    expect(row).toEqual([...row].sort((a, b) => a - b));
  });
});

function placeIn(picture: ProxyImage): Parameters<typeof coverPicture>[1] {
  return { box: viewScene({ kind: 'grid' }, picture).box, whole: picture };
}

describe('a correction of the scene', () => {
  it('is kept where there is no frame', () => {
    expect(coverPicture(rising, placeIn(framedRamp(0)))).toBe(rising);
  });

  it('lies where the scene lies, goes on beside it, and farther out is its mean, so that a flat frame stays flat', () => {
    const covering = coverPicture(rising, placeIn(framedRamp(16)));
    const factorAt = (column: number): number => covering.coefficients[(8 * covering.gridWidth + column) * 12]!;
    expect([covering.gridWidth, covering.gridHeight]).toEqual([18, 18]);
    // The scene is 30 of 64 pixels from 17 on: its middle, 32 of 64, is the middle of the grid.
    expect((factorAt(8) + factorAt(9)) / 2).toBeCloseTo(1.35, 2);
    expect(factorAt(4)).toBeCloseTo(1, 3);
    expect(factorAt(13)).toBeCloseTo(1.7, 3);
    for (const column of [0, 1, 2, 15, 16, 17]) expect(factorAt(column)).toBeCloseTo(1.35, 3);
    // Above the scene too, whatever the column.
    for (const column of [0, 6, 12]) expect(covering.coefficients[column * 12]).toBeCloseTo(1.35, 3);
  });

  it('covers bars that are only above and below, or only beside', () => {
    const whole = { width: size, height: size };
    const letterbox = coverPicture(rising, { box: { left: 0, top: 16, width: size, height: 32 }, whole });
    const pillars = coverPicture(rising, { box: { left: 16, top: 0, width: 32, height: size }, whole });
    for (const covering of [letterbox, pillars]) expect(covering.coefficients[0]).toBeCloseTo(1.35, 3);
    expect(letterbox.gridHeight).toBeGreaterThan(letterbox.gridWidth);
    expect(pillars.gridWidth).toBeGreaterThan(pillars.gridHeight);
  });

  it('never has more than 64 cells along a side', () => {
    const box = { left: 24, top: 24, width: 4, height: 4 };
    const covering = coverPicture(rising, { box, whole: { width: size, height: size } });
    expect([covering.gridWidth, covering.gridHeight]).toEqual([64, 64]);
  });
});

describe('a box of a proxy, enlarged', () => {
  const random = randomNumbers(4);
  const proxy: ProxyImage = {
    ...{ width: 20, height: 14 },
    pixels: Float32Array.from({ length: 20 * 14 * 3 }, () => random()),
  };

  /** Bilinear, pixel by pixel: the nearest pixels of the box, as near as they are. */
  function expected(box: Parameters<typeof enlargeBox>[1], width: number, height: number): number[] {
    const values: number[] = [];
    const weight = (place: number, at: number): number => Math.max(0, 1 - Math.abs(place - at));
    const inside = (place: number, length: number): number => Math.min(length - 1, Math.max(0, place));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const u = inside(((x + 0.5) * box.width) / width - 0.5, box.width);
        const v = inside(((y + 0.5) * box.height) / height - 0.5, box.height);
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let row = 0; row < box.height; row++)
            for (let column = 0; column < box.width; column++)
              sum +=
                weight(u, column) * weight(v, row) * proxy.pixels[((box.top + row) * 20 + box.left + column) * 3 + c]!;
          values.push(sum);
        }
      }
    }
    return values;
  }

  it.each([
    [{ left: 3, top: 2, width: 9, height: 7 }, undefined],
    [
      { left: 0, top: 0, width: 20, height: 14 },
      { width: 31, height: 8 },
    ],
    [
      { left: 19, top: 13, width: 1, height: 1 },
      { width: 3, height: 2 },
    ],
    [
      { left: 5, top: 6, width: 15, height: 8 },
      { width: 15, height: 8 },
    ],
  ])('is bilinear up to its edges: %j to %j', (box, to) => {
    const out = enlargeBox(proxy, box, to);
    const { width, height } = to ?? proxy;
    expect([out.width, out.height, out.pixels.length]).toEqual([width, height, width * height * 3]);
    const values = expected(box, width, height);
    expect(out.pixels.findIndex((value, i) => Math.abs(value - values[i]!) > 1e-6)).toBe(-1);
  });
});

describe('the cells of a grid that covers a frame', () => {
  /** A grid of 4×2 cells that multiply by 1, 2, 3, … eighths in reading order. */
  const counted = createCorrection({
    ...{ gridWidth: 4, gridHeight: 2, gridDepth: 2, guide: LUMA_GUIDE },
    coefficients: Float32Array.from({ length: 4 * 2 * 2 * 12 }, (_, i) => (1 + Math.floor(i / 24)) / 8),
  });
  const rows = (box: Parameters<typeof coverPicture>[1]['box'], width: number, height: number): number[][] => {
    const { gridWidth, gridHeight, coefficients } = coverPicture(counted, { box, whole: { width, height } });
    return Array.from({ length: gridHeight }, (_, y) =>
      Array.from({ length: gridWidth }, (_, x) =>
        Number((8 * coefficients[(y * gridWidth + x) * 24 + 13]!).toFixed(3)),
      ),
    );
  };

  it('are those of the scene within it, the nearest one beside it, and their mean from two cells on', () => {
    // A scene of 40×20 pixels, ten a cell, from 30 and 20 on in 100×60.
    const grid = rows({ left: 30, top: 20, width: 40, height: 20 }, 100, 60);
    const mean = 4.5;
    const row = (...cells: number[]): number[] => cells;
    // Half a cell outside is beside it; one and a half are half way to the mean; two and a half have it.
    const half = (cell: number): number => (cell + mean) / 2;
    expect(grid).toEqual([
      row(mean, half(1), half(1), half(1), half(2), half(3), half(4), half(4), half(4), mean),
      row(mean, half(1), 1, 1, 2, 3, 4, 4, half(4), mean),
      row(mean, half(1), 1, 1, 2, 3, 4, 4, half(4), mean),
      row(mean, half(5), 5, 5, 6, 7, 8, 8, half(8), mean),
      row(mean, half(5), 5, 5, 6, 7, 8, 8, half(8), mean),
      row(mean, half(5), half(5), half(5), half(6), half(7), half(8), half(8), half(8), mean),
    ]);
  });

  it('lie between those of the scene where they do not meet', () => {
    // 100 of 120 pixels in width: five cells of 24 for four of 25, and the scene begins at 10.
    const [first] = rows({ left: 10, top: 0, width: 100, height: 20 }, 120, 20);
    expect(first).toEqual([1, 1.54, 2.5, 3.46, 4].map((value) => expect.closeTo(value, 2) as number));
  });
});
