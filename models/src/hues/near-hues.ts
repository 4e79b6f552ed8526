import type { Hue } from './hue.ts';

/** Near a pixel of a proxy is what lies in the same square of so many pixels, or in one beside it. */
const TILE = 16;
/** A pixel's own hue weighs as much as one pixel of full height in a thousand around it. */
const OWN = 0.001 * 9 * TILE * TILE;

/** The hues of one family by place. */
export interface NearHues {
  /** Adds what a pixel says, times how sure it is. */
  add(pixel: number, hue: Hue): void;
  /** Ends adding. */
  spread(): void;
  /** What a pixel's difference lacks to have the hue of those near it: next to nothing where there are hardly any. */
  missing(pixel: number, hue: Hue): number;
}

/** Sums of hues over the squares of a picture, and over those around each. */
export function createNearHues(width: number, height: number): NearHues {
  const [columns, rows] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  let differences = new Float64Array(columns * rows);
  let heights = new Float64Array(columns * rows);
  const tileOf = (pixel: number): number =>
    Math.floor(Math.floor(pixel / width) / TILE) * columns + Math.floor((pixel % width) / TILE);
  const around = (values: Float64Array): Float64Array<ArrayBuffer> =>
    Float64Array.from(values, (_, tile) => {
      const [row, column] = [Math.floor(tile / columns), tile % columns];
      let sum = 0;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
          sum += values[y * columns + x]!;
      }
      return sum;
    });
  return {
    add(pixel, hue) {
      const tile = tileOf(pixel);
      differences[tile]! += hue.difference;
      heights[tile]! += hue.height;
    },
    spread() {
      differences = around(differences);
      heights = around(heights);
    },
    missing(pixel, hue) {
      const tile = tileOf(pixel);
      const [difference, reach] = [differences[tile]!, heights[tile]!];
      return (difference * hue.height - reach * hue.difference) / (reach + OWN);
    },
  };
}
