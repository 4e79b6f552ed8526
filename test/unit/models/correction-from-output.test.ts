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

it('is refused with values that are not finite, and with another number of them, by kind', () => {
  const view = { proxy, scene: proxy, box: { left: 0, top: 0, width: SIDE, height: SIDE } };
  const refusal = (message: string): unknown => expect.objectContaining({ code: 'BAD_OUTPUT', message });
  const output = new Float32Array(4 * 4 * 8 * 12);
  for (const [at, value] of [
    [0, NaN],
    [7, Infinity],
    [1535, -Infinity],
  ] as const) {
    const bad = output.slice();
    bad[at] = value;
    expect(() => correctionFromOutput(contract, bad, view)).toThrow(
      refusal(`dimming gave ${value} at ${at}, needs finite values`),
    );
  }
  expect(() => correctionFromOutput(contract, output.subarray(1), view)).toThrow(
    refusal('dimming gave 1535 values, needs 1536'),
  );
  const image = { ...contract, kind: 'image', output: { kind: 'image' } } as unknown as ModelContract;
  expect(() => correctionFromOutput(image, output, view)).toThrow(
    refusal(`dimming gave 1536 values, needs ${64 * 64 * 3}`),
  );
});

it.each([
  [40, 24, 3, 2],
  [39, 23, 2, 1],
  [7, 8, 1, 1],
])('of a picture of %i×%i is fitted with %i×%i cells, one for every 16 pixels', (width, height, across, down) => {
  const image = { ...contract, kind: 'image', output: { kind: 'image' } } as unknown as ModelContract;
  const whole = { width, height, pixels: new Float32Array(width * height * 3).fill(0.5) };
  const view = { proxy: whole, scene: whole, box: { left: 0, top: 0, width, height } };
  expect(correctionFromOutput(image, whole.pixels.slice(), view)).toMatchObject({
    ...{ gridWidth: across, gridHeight: down, gridDepth: 8 },
  });
});
