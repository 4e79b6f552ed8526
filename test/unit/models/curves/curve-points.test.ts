import { curveLevels } from '@evenlight/models';
import { fitCurvePoints } from '@evenlight/models/src/curves/curve-points.ts';
import type { CurvePoint } from '@evenlight/models/src/curves/curves-fit.ts';
import { describe, expect, it } from 'vitest';

/** A curve of few points through `output`, all levels being as common as each other unless `weight` says otherwise. */
function fit(output: (level: number) => number, weight: (level: number) => number = () => 1): readonly CurvePoint[] {
  const numbers = (of: (level: number) => number): Float64Array =>
    Float64Array.from({ length: 256 }, (_, level) => of(level));
  return fitCurvePoints({
    outputs: numbers((level) => Math.min(255, Math.max(0, output(level)))),
    weights: numbers(weight),
  });
}

const wavy = (level: number): number => level + 20 * Math.sin(level / 12);

describe('curve points', () => {
  it('are the ends alone where a straight line between whole levels is less than half a level away', () => {
    // 0.7 and 230.2 lie nearest to 1 and 230.
    const points = fit((level) => 0.7 + 0.9 * level);
    expect(points).toEqual([
      { input: 0, output: 1 },
      { input: 255, output: 230 },
    ]);
    // From 0.4 of a level on there are more.
    expect(fit((level) => 0.55 + 0.9 * level).length).toBeGreaterThan(2);
  });

  it('are as few as a curve needs: one in the middle for a bend', () => {
    const bent = fit((level) => level + 10 * Math.sin((Math.PI * level) / 255));
    expect(bent.length).toBeGreaterThan(2);
    expect(bent.length).toBeLessThan(8);
    const levels = curveLevels(bent);
    levels.forEach((level, i) => expect(Math.abs(level - (i + 10 * Math.sin((Math.PI * i) / 255)))).toBeLessThan(1));
  });

  it('are 14 at most, at least 6 levels apart', () => {
    const points = fit(wavy);
    expect(points).toHaveLength(14);
    points.slice(1).forEach(({ input }, i) => expect(input - points[i]!.input).toBeGreaterThanOrEqual(6));
    expect([points[0]!.input, points.at(-1)!.input]).toEqual([0, 255]);
  });

  it('may be 6 levels apart: a step is followed closely', () => {
    const inputs = fit((level) => (level < 128 ? level / 4 : 191 + level / 4)).map(({ input }) => input);
    expect(Math.min(...inputs.slice(1).map((input, i) => input - inputs[i]!))).toBe(6);
  });

  it('lie where the curve matters: tones that the picture has are followed, others are not', () => {
    const dark = (level: number): number => (level < 64 ? 1 : 1e-6);
    const points = fit(wavy, dark);
    const error = (level: number): number => Math.abs(curveLevels(points)[level]! - wavy(level));
    for (let level = 4; level < 60; level += 4) expect(error(level)).toBeLessThan(1.5);
    expect(points.filter(({ input }) => input > 70)).toEqual([expect.objectContaining({ input: 255 })]);
  });

  it('do not fall where what they follow is flat', () => {
    const points = fit((level) => (level < 100 ? 0 : 255));
    points.slice(1).forEach(({ output }, i) => expect(output).toBeGreaterThanOrEqual(points[i]!.output));
    for (const { output } of points) expect(output).toBe(Math.round(Math.min(255, Math.max(0, output))));
  });

  it('are moved where the curve falls less then: falling tones would be inverted', () => {
    const step = (level: number): number => (level < 36 ? 50 : 200);
    const fallOf = (points: readonly CurvePoint[]): number => {
      const levels = curveLevels(points);
      return levels.reduce((sum, level, i) => sum + Math.max(0, i === 0 ? 0 : levels[i - 1]! - level), 0);
    };
    const points = fit(step);
    const unmoved = points.map(({ input }) => ({ input, output: step(input) }));
    // The spline swings on either side of the step.
    expect(fallOf(points)).toBeLessThan(fallOf(unmoved) / 2);
  });

  describe('are moved together so that the squared errors, weighted, are least', () => {
    /** Six values beside which no straight line comes nearer than 0. */
    const NO_LINE = [5, -1, -4, -4, -1, 5];

    it('of two points: a line of regression', () => {
      // Levels 0..5 and 250..255 alone count. The ends are at 0 and 234, but level 0 asks for 20.
      const outputs = Float64Array.from({ length: 256 }, (_, level) => (234 / 255) * level);
      const weights = new Float64Array(256).fill(100, 0, 6).fill(100, 250);
      NO_LINE.forEach((away, level) => (outputs[level]! += away));
      // A level of average weight counts 1, one of four times as much or more counts 4: level 0 is as far off as four others would be.
      weights[0] = 1100 / 255;
      outputs[0] = 4 * NO_LINE[0]!;
      expect(fitCurvePoints({ outputs, weights })).toEqual([
        { input: 0, output: 0 },
        { input: 255, output: 234 },
      ]);
      // Only the shares of the weights count.
      const light = weights.map((weight) => weight / 1e6);
      expect(fitCurvePoints({ outputs, weights: light })).toEqual(fitCurvePoints({ outputs, weights }));
    });

    it('of five points: the spline that the levels scatter around', () => {
      const points = [
        { input: 0, output: 10 },
        { input: 60, output: 40 },
        { input: 120, output: 140 },
        { input: 190, output: 200 },
        { input: 255, output: 245 },
      ];
      const outputs = curveLevels(points);
      const weights = new Float64Array(256);
      // Each point itself is far off, and its neighbours make up for it; nothing else counts.
      for (const { input } of points.slice(1, -1)) {
        const sign = input === 120 ? 1 : -1;
        [-4, 8, -4].forEach((away, i) => {
          outputs[input - 1 + i]! += sign * away;
          weights[input - 1 + i] = 1;
        });
      }
      NO_LINE.forEach((away, i) => {
        outputs[i]! += away;
        outputs[250 + i]! += away;
        [weights[i], weights[250 + i]] = [1, 1];
      });
      expect(fitCurvePoints({ outputs, weights })).toEqual(points);
    });
  });
});
