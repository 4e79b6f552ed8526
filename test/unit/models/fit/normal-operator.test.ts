import { createGridSamples } from '@evenlight/models/src/fit/grid-samples.ts';
import { createNormalOperator, type Regularization } from '@evenlight/models/src/fit/normal-operator.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, noise, randomNumbers } from '../pictures.ts';

const grid = { gridWidth: 3, gridHeight: 2, gridDepth: 4 };
const [WIDTH, HEIGHT] = [7, 5];
const CELLS = 3 * 2 * 4;
const pixels = noise('float32', WIDTH * HEIGHT * 3, 3) as Float32Array;
const samples = createGridSamples({ width: WIDTH, height: HEIGHT, pixels }, grid, LUMA_GUIDE);
const { cells, weights } = samples;
const operator = (regularization: Regularization) => createNormalOperator(pixels, samples, grid, regularization);

const random = randomNumbers(11);
const anyGrid = (): Float64Array => Float64Array.from({ length: CELLS * 12 }, () => random() - 0.5);
const dot = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Array.from(left).reduce((sum, value, i) => sum + value * right[i]!, 0);

/** What a grid makes of the pixels: `Σ weight · A · [rgb 1]`. */
function sliced(x: Float64Array): Float32Array {
  return pixels.map((_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const color = [...pixels.subarray(pixel * 3, pixel * 3 + 3), 1];
    const row = (corner: number): Float64Array => x.subarray(cells[corner]! * 12 + channel * 4).subarray(0, 4);
    return [0, 1, 2, 3, 4, 5, 6, 7].reduce(
      (sum, k) => sum + weights[pixel * 8 + k]! * dot(row(pixel * 8 + k), color),
      0,
    );
  });
}

/** `Σ (x_i − x_j)²` over all pairs of cells whose places differ by one along one axis. */
function roughness(x: Float64Array): number {
  const place = (cell: number): number[] => [Math.floor(cell / 12), Math.floor(cell / 4) % 3, cell % 4];
  let sum = 0;
  for (let left = 0; left < CELLS; left++) {
    for (let right = left + 1; right < CELLS; right++) {
      const distance = place(left).reduce((total, at, axis) => total + Math.abs(at - place(right)[axis]!), 0);
      if (distance !== 1) continue;
      for (let k = 0; k < 12; k++) sum += (x[left * 12 + k]! - x[right * 12 + k]!) ** 2;
    }
  }
  return sum;
}

describe('the normal equations of a fit', () => {
  const { apply, project } = operator({ smoothness: 0.3, identity: 0.05 });

  it('are those of the pixels, the differences between neighbours and the distance from the identity', () => {
    for (let run = 0; run < 3; run++) {
      const x = anyGrid();
      const image = sliced(x);
      expect(dot(x, apply(x))).toBeCloseTo(dot(image, image) + 0.3 * roughness(x) + 0.05 * dot(x, x), 4);
    }
  });

  it('are symmetric', () => {
    const [left, right] = [anyGrid(), anyGrid()];
    expect(dot(left, apply(right))).toBeCloseTo(dot(right, apply(left)), 5);
  });

  it('have what the pixels ask of the grid on their right side', () => {
    const targets = noise('float32', pixels.length, 8) as Float32Array;
    const x = anyGrid();
    expect(dot(x, project(targets))).toBeCloseTo(dot(sliced(x), targets), 5);
  });
});

it("are solved for each cell by itself, as an inner one: its pixels' squares, six neighbours and the identity", () => {
  const solved = operator({ smoothness: 0.3, identity: 0.05 }).precondition;
  const x = anyGrid();
  const answer = solved(x);
  // Each cell's block, times the answer, gives back what was asked.
  const back = answer.map((value) => (6 * 0.3 + 0.05) * value);
  cells.forEach((cell, corner) => {
    const pixel = Math.floor(corner / 8) * 3;
    const color = [...pixels.subarray(pixel, pixel + 3), 1];
    for (let row = 0; row < 3; row++) {
      const at = cell * 12 + row * 4;
      const product = weights[corner]! ** 2 * dot(color, answer.subarray(at, at + 4));
      color.forEach((value, k) => (back[at + k]! += product * value));
    }
  });
  expect(back.findIndex((value, i) => Math.abs(value - x[i]!) > 1e-6)).toBe(-1);
});
