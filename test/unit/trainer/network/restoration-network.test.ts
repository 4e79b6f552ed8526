import { addResidual, createTestTile } from '@evenlight/models';
import { fillWithRandomWeights, useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import {
  buildRestorationNetwork,
  networkReach,
  type RestorationNetworkSpec,
  tileMultiple,
  withResidual,
} from '@evenlight/trainer/src/network/restoration-network.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

const spec: RestorationNetworkSpec = {
  type: 'restoration',
  levels: [
    { width: 4, blocks: 1 },
    { width: 6, blocks: 1 },
  ],
};
const size = { width: 96, height: 64 };

function run(network: LayersModel, input: Float32Array): Float32Array {
  return tf.tidy(() => {
    const output = network.predict(tf.tensor4d(input, [1, size.height, size.width, 4])) as tf.Tensor;
    expect(output.shape).toEqual([1, size.height, size.width, 3]);
    return output.dataSync<'float32'>().slice();
  });
}

beforeAll(useTfjsWasm);

describe('a restoration network', () => {
  it('begins with no residual', () => {
    expect(run(buildRestorationNetwork(spec, 1), createTestTile(1, size)).every((value) => Math.abs(value) < 0.1)).toBe(
      true,
    );
  });

  it('starts from weights that its seed decides', () => {
    const weights = (seed: number) =>
      buildRestorationNetwork(spec, seed).getLayer('down1_1a').getWeights()[0]!.dataSync();
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  it('reaches as far as it says, and no further', () => {
    const network = fillWithRandomWeights(buildRestorationNetwork(spec, 1));
    const input = createTestTile(2, size);
    const before = run(network, input);
    const [x, y] = [37, 31];
    input.fill(1, (y * size.width + x) * 4, (y * size.width + x) * 4 + 3);
    const after = run(network, input);
    let furthest = 0;
    for (const [i, value] of after.entries()) {
      if (value === before[i]) continue;
      const pixel = Math.floor(i / 3);
      furthest = Math.max(furthest, Math.abs((pixel % size.width) - x), Math.abs(Math.floor(pixel / size.width) - y));
    }
    expect(furthest).toBeGreaterThan(8);
    expect(furthest).toBeLessThanOrEqual(networkReach(spec));
    expect(networkReach(spec)).toBeLessThan(32);
  });

  it('sees in its first layer no difference in an even picture, and each in another', () => {
    const network = buildRestorationNetwork({ ...spec, levels: [{ width: 25, blocks: 1 }, spec.levels[1]!] }, 1);
    const [kernel, bias] = network.getLayer('down1').getWeights();
    const weights = (kernel!.arraySync() as number[][][][]).flat(1);
    const answer = (block: number[][], filter: number): number =>
      block.reduce(
        (sum, pixel, at) =>
          sum + pixel.reduce((part, value, channel) => part + value * weights[at]![channel]![filter]!, 0),
        (bias!.arraySync() as number[])[filter]!,
      );
    const even = [0, 1, 2, 3].map(() => [0.7, 0.2, 0.4, 0.5]);
    const differences = [0, 1, 2].map((filter) => answer(even, filter));
    for (const difference of differences) expect(difference).toBeCloseTo(0, 6);
    const step = even.map((pixel, at) => (at % 2 === 0 ? [pixel[0]! + 0.04, ...pixel.slice(1)] : pixel));
    expect(answer(step, 0)).toBeCloseTo(0.2, 5);
    expect(answer(step, 1)).toBeCloseTo(0, 5);
    // The last filter is the lift itself.
    expect(answer(even, 24)).toBeCloseTo(0.5, 5);
  });

  it('halves as often as it has levels', () => {
    expect(tileMultiple(spec)).toBe(4);
  });
});

describe('withResidual', () => {
  it('adds a residual as addResidual does', () => {
    const input = createTestTile(3, size);
    const residual = new Float32Array(size.width * size.height * 3).map((_, i) => 0.2 * Math.sin(i));
    const pixels = Float32Array.from({ length: residual.length }, (_, i) => input[Math.floor(i / 3) * 4 + (i % 3)]!);
    addResidual(pixels, input, residual);
    const { height, width } = size;
    const added = tf.tidy(() =>
      withResidual(tf.tensor4d(input, [1, height, width, 4]), tf.tensor4d(residual, [1, height, width, 3])).dataSync(),
    );
    for (const [i, value] of pixels.entries()) expect(added[i]).toBeCloseTo(value, 5);
  });
});
