import { applyToProxy, DEFAULT_ADJUSTMENT } from '@evenlight/models';
import { expect, it } from 'vitest';
import { uniformCorrection } from './pictures.ts';

it('a corrected proxy has the size of the proxy and stays within 0 and 1', () => {
  // Red doubled, green less a half, blue as it is.
  const correction = uniformCorrection([2, 0, 0, 0, 0, 1, 0, -0.5, 0, 0, 1, 0]);
  const pixels = Float32Array.of(0.25, 0.75, 0.5, 0.5, 0.5, 0, 0.75, 0.25, 1);
  const before = pixels.slice();
  const {
    width,
    height,
    pixels: corrected,
  } = applyToProxy(correction, DEFAULT_ADJUSTMENT, { width: 1, height: 3, pixels });
  expect([width, height]).toEqual([1, 3]);
  [0.5, 0.25, 0.5, 1, 0, 0, 1, 0, 1].forEach((value, i) => expect(corrected[i]).toBeCloseTo(value, 5));
  expect(Math.min(...corrected)).toBe(0);
  expect(Math.max(...corrected)).toBe(1);
  expect(pixels).toEqual(before);
});
