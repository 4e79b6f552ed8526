import { createCorrection, type ProxyImage, viewScene } from '@evenlight/models';
import { coverPicture } from '@evenlight/models/src/scene/scene-view.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from '../pictures.ts';

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
