import type { ProxyImage } from '@evenlight/models';
import { createGridSamples, guideOf } from '@evenlight/models/src/fit/grid-samples.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, noise } from '../pictures.ts';

const proxy = (width: number, height: number): ProxyImage => ({
  ...{ width, height },
  pixels: noise('float32', width * height * 3) as Float32Array,
});

describe('how a picture reads a grid', () => {
  it.each([
    [{ gridWidth: 4, gridHeight: 3, gridDepth: 5 }, proxy(11, 13)],
    [{ gridWidth: 1, gridHeight: 6, gridDepth: 1 }, proxy(5, 4)],
    [{ gridWidth: 9, gridHeight: 1, gridDepth: 2 }, proxy(4, 7)],
  ])('is trilinear between the centres of cells: %j', (grid, { width, height, pixels }) => {
    const { gridWidth, gridHeight, gridDepth } = grid;
    const { cells, weights } = createGridSamples({ width, height, pixels }, grid, LUMA_GUIDE);
    expect([cells.length, weights.length]).toEqual([width * height * 8, width * height * 8]);
    const inside = (place: number, count: number): number => Math.min(count - 1, Math.max(0, place));
    for (let pixel = 0; pixel < width * height; pixel++) {
      // The mean place of the cells read is the pixel's own, and no cell is farther from it than its neighbours.
      const place = [
        inside(((Math.floor(pixel / width) + 0.5) / height) * gridHeight - 0.5, gridHeight),
        inside((((pixel % width) + 0.5) / width) * gridWidth - 0.5, gridWidth),
        inside(guideOf(pixels, pixel * 3, LUMA_GUIDE) * gridDepth - 0.5, gridDepth),
      ];
      const mean = [0, 0, 0];
      let sum = 0;
      for (let corner = pixel * 8; corner < pixel * 8 + 8; corner++) {
        const [cell, weight] = [cells[corner]!, weights[corner]!];
        const column = Math.floor(cell / gridDepth);
        const at = [Math.floor(column / gridWidth), column % gridWidth, cell % gridDepth];
        expect(weight).toBeGreaterThanOrEqual(0);
        at.forEach((index, axis) => {
          expect(Math.abs(index - place[axis]!)).toBeLessThanOrEqual(1);
          mean[axis]! += weight * index;
        });
        sum += weight;
      }
      expect(sum).toBeCloseTo(1, 6);
      mean.forEach((index, axis) => expect(index).toBeCloseTo(place[axis]!, 5));
    }
  });
});

describe('the guide of a pixel', () => {
  it('is the weighted sum of its clamped channels, to the power of gamma', () => {
    const weights = [0.2, 0.7, 0.1] as const;
    const pixels = Float32Array.of(9, 9, 9, 0.5, 0.25, 1, -2, 3, 0.5);
    expect(guideOf(pixels, 3, { weights, gamma: 1 })).toBeCloseTo(0.375, 6);
    expect(guideOf(pixels, 3, { weights, gamma: 0.5 })).toBeCloseTo(Math.sqrt(0.375), 6);
    expect(guideOf(pixels, 6, { weights, gamma: 1 })).toBeCloseTo(0.75, 6);
  });

  it('lies within 0 and 1, whatever the weights', () => {
    const pixels = Float32Array.of(1, 1, 1);
    expect(guideOf(pixels, 0, { weights: [1, 1, 1], gamma: 2 })).toBe(1);
    expect(guideOf(pixels, 0, { weights: [-1, 0, 0], gamma: 2 })).toBe(0);
  });
});
