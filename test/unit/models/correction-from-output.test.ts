import {
  applyToProxy,
  correctionFromOutput,
  DEFAULT_ADJUSTMENT,
  type ModelContract,
  type ProxyImage,
} from '@evenlight/models';
import { expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

const SIDE = 64;
const GRID = { gridWidth: 4, gridHeight: 4, gridDepth: 8 };
// What is read of a contract here; the network's files do not matter.
const contract = { name: 'dimming', kind: 'grid', guide: LUMA_GUIDE, output: GRID } as unknown as ModelContract;

/** Gray above, clipped white below. */
const proxy: ProxyImage = {
  width: SIDE,
  height: SIDE,
  pixels: Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i < (SIDE * SIDE * 3) / 2 ? 0.5 : 1)),
};

it('gives white its place after small changes have become smaller, so that it is as bright as white must be', () => {
  const dimming = Float32Array.from({ length: 4 * 4 * 8 * 12 }, (_, i) => (i % 4 === 3 ? -0.06 : 0));
  const box = { left: 0, top: 0, width: SIDE, height: SIDE };
  const correction = correctionFromOutput(contract, dimming, { proxy, scene: proxy, box });
  const { pixels } = applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy);
  // 0.06 less, of which 0.66 is left; white is then lifted to 0.98. The other way round it would come to 0.987.
  expect(pixels[0]).toBeCloseTo(0.46, 2);
  expect(Math.abs(pixels.at(-1)! - 0.98)).toBeLessThan(0.002);
});
