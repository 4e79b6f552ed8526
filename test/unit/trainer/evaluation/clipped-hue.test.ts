import { clippedHueError, meanHueError } from '@evenlight/trainer/src/evaluation/clipped-hue.ts';
import { describe, expect, it } from 'vitest';

const [RED, GREEN, GRAY] = [
  [0.7, 0.2, 0.2],
  [0.2, 0.7, 0.2],
  [0.5, 0.5, 0.5],
];
const pixels = (...colors: readonly (readonly number[])[]): Float32Array => Float32Array.from(colors.flat());

describe('the hue error of clipped pixels', () => {
  const clipped = [255, 120, 120];

  it('is the angle between the hues, whatever the brightness', () => {
    const input = Uint8Array.from(clipped);
    expect(clippedHueError(input, pixels(RED), pixels(RED)).degrees).toBe(0);
    expect(clippedHueError(input, pixels([0.5, 0.14, 0.14]), pixels(RED)).degrees).toBeLessThan(6);
    expect(clippedHueError(input, pixels(GREEN), pixels(RED)).degrees).toBeGreaterThan(90);
  });

  it('counts only pixels with one or two clipped channels', () => {
    const input = Uint8Array.from([255, 255, 255, 100, 100, 100, 250, 251, 20]);
    const { weight } = clippedHueError(input, pixels(GREEN, GREEN, RED), pixels(RED, RED, RED));
    expect(weight).toBeCloseTo(clippedHueError(Uint8Array.from(clipped), pixels(RED), pixels(RED)).weight, 6);
  });

  it('weighs pixels by the chroma of the reference, so that gray counts nothing', () => {
    const input = Uint8Array.from([...clipped, ...clipped]);
    const { degrees } = clippedHueError(input, pixels(RED, GREEN), pixels(RED, GRAY));
    expect(degrees).toBeLessThan(0.1);
  });

  it('is a mean over the pixels of several pictures, undefined without any', () => {
    const means = [
      { degrees: 10, weight: 3 },
      { degrees: 50, weight: 1 },
    ];
    expect(meanHueError(means)).toBe(20);
    expect(meanHueError([{ degrees: 0, weight: 0 }])).toBeUndefined();
  });
});
