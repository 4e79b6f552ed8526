import { atLevel, curveLevels } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { splineLevels } from '../../../fakes/photoshop/natural-spline.ts';

describe('a curve', () => {
  it('goes through its points and is flat beyond them', () => {
    const levels = curveLevels([
      { input: 20, output: 10 },
      { input: 100, output: 150 },
      { input: 230, output: 240 },
    ]);
    expect([levels[0], levels[20], levels[100], levels[230], levels[255]]).toEqual([10, 10, 150, 240, 240]);
  });

  it('of two points is a line', () => {
    const levels = curveLevels([
      { input: 0, output: 255 },
      { input: 255, output: 0 },
    ]);
    levels.forEach((level, i) => expect(level).toBeCloseTo(255 - i, 9));
  });

  it('is the natural spline that another way of solving gives', () => {
    const points = [0, 17, 40, 90, 131, 200, 255].map((input, i) => ({
      input,
      output: [5, 60, 70, 180, 150, 220, 250][i]!,
    }));
    const other = splineLevels(points);
    curveLevels(points).forEach((level, i) => expect(level).toBeCloseTo(other[i]!, 8));
  });

  it('stays within 0 and 255 where the spline swings out', () => {
    const levels = curveLevels([0, 100, 110, 255].map((input, i) => ({ input, output: [0, 0, 255, 255][i]! })));
    expect([Math.min(...levels), Math.max(...levels)]).toEqual([0, 255]);
  });

  it('is straight between levels', () => {
    const levels = curveLevels([
      { input: 0, output: 0 },
      { input: 255, output: 128 },
    ]);
    expect(atLevel(levels, 100.5)).toBeCloseTo((levels[100]! + levels[101]!) / 2, 12);
    expect([atLevel(levels, -3), atLevel(levels, 300)]).toEqual([0, 128]);
    // Squares: from 100 to 121, from 121 to 144.
    const squares = Float64Array.from({ length: 256 }, (_, level) => level ** 2);
    expect([10, 10.25, 11.5, 255].map((position) => atLevel(squares, position))).toEqual([100, 105.25, 132.5, 65_025]);
  });
});
