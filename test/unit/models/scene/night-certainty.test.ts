import {
  buildProxy,
  colorSpaces,
  correctionFromOutput,
  isIdentityCorrection,
  type ModelContract,
} from '@evenlight/models';
import { nightCertaintySteps } from '@evenlight/models/src/scene/night-certainty.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { night, type NightScene } from '@evenlight/trainer/src/compose/night.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, randomNumbers } from '../pictures.ts';

const INPUT = { width: 256, height: 256 };
const SIZE = { width: 480, height: 320 };

/** A proxy of 8-bit codes. */
function proxyOf(values: Float32Array) {
  const pixels = Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  const row = { format: 'uint8', colorSpace: colorSpaces.srgb, rowStride: SIZE.width * 3 } as const;
  return buildProxy({ ...SIZE, channels: 3, ...row, pixels }, INPUT);
}

const sky = (scene: NightScene, index: number) => proxyOf(night(SIZE, scene, Random.for(77, index)).input.pixels);

/** A scene of hills, walls and leaves, encoded, at a share of its brightness, with noise. */
function photograph(brightness: number, noise = 0.006) {
  const random = randomNumbers(3);
  const values = Float32Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIZE.width, Math.floor(i / 3 / SIZE.width)];
    const shape = 0.45 + 0.2 * Math.sin(x / 61 + y / 97) + 0.15 * Math.sin(x / 19) * Math.cos(y / 23);
    return brightness * (shape + 0.1 * Math.sin(x * y)) + noise * (random() - 0.5);
  });
  return proxyOf(values);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('an empty night sky', () => {
  it.each(['stars', 'city'] as const)('with %s is known, mostly', (scene) => {
    const certain = Array.from({ length: 8 }, (_, i) => runSteps(nightCertaintySteps(sky(scene, i))));
    expect(mean(certain)).toBeGreaterThan(0.6);
  });

  it('stays as dark as it is, whatever the network says', () => {
    const size = { gridWidth: 4, gridHeight: 4, gridDepth: 8 };
    // What is read of a contract here; the network's files do not matter.
    const model = { name: 'lifting', kind: 'grid', guide: LUMA_GUIDE, output: size } as unknown as ModelContract;
    const lifting = Float32Array.from({ length: 4 * 4 * 8 * 12 }, (_, i) => (i % 4 === 3 ? 0.2 : 0));
    const isKept = (scene: ReturnType<typeof proxyOf>): boolean =>
      isIdentityCorrection(
        correctionFromOutput(model, lifting, { proxy: scene, scene, box: { left: 0, top: 0, ...INPUT } }),
      );
    const certain = [0, 1, 2, 3, 4, 5, 6, 7]
      .map((i) => sky('stars', i))
      .find((proxy) => runSteps(nightCertaintySteps(proxy)) === 1);
    expect(isKept(certain!)).toBe(true);
    expect(isKept(photograph(0.15))).toBe(false);
  });
});

describe('a photograph is never taken for a night sky', () => {
  it.each([1, 0.5, 0.3, 0.2])('at %f of its brightness', (brightness) => {
    expect(runSteps(nightCertaintySteps(photograph(brightness)))).toBe(0);
    expect(runSteps(nightCertaintySteps(photograph(brightness, 0.03)))).toBe(0);
  });

  it('of nothing: one colour, black', () => {
    for (const level of [0, 0.05, 0.5]) {
      expect(runSteps(nightCertaintySteps({ ...INPUT, pixels: new Float32Array(256 * 256 * 3).fill(level) }))).toBe(0);
    }
  });

  it('of a few pixels', () => {
    expect(runSteps(nightCertaintySteps({ width: 8, height: 8, pixels: new Float32Array(192) }))).toBe(0);
  });
});
