import { useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { evaluateDenoising } from '@evenlight/trainer/src/evaluation/denoising/evaluate-denoising.ts';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(useTfjsWasm);

/** A gray ramp of odd sides. */
function ramp(width: number, height: number) {
  const pixels = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => 0.3 + 0.4 * ((Math.floor(i / 3) % width) / width),
  );
  return { width, height, pixels };
}

/** Averages over 3×3 pixels, channel by channel; with `width` 1 it answers with what it is given. */
function averaging(width: 1 | 3): tfl.LayersModel {
  const input = tfl.input({ shape: [null, null, 3] });
  const layer = tfl.layers.depthwiseConv2d({ kernelSize: width, padding: 'same', useBias: false });
  const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor });
  layer.setWeights([tf.fill([width, width, 3, 1], 1 / width ** 2)]);
  return model;
}

describe('denoising scores', () => {
  const pictures = [ramp(45, 37), ramp(40, 32)];
  const sigmas = [10, 50];

  it('are those of the noise where the network does nothing', () => {
    const scores = evaluateDenoising(averaging(1), pictures, { sigmas, seed: 1 });
    for (const { sigma, images, psnr, noisyPsnr, ssim, noisySsim } of scores) {
      expect(images).toBe(2);
      expect(noisyPsnr).toBeCloseTo(20 * Math.log10(255 / sigma), 0);
      expect(psnr).toBeCloseTo(noisyPsnr, 4);
      expect(ssim).toBeCloseTo(noisySsim, 4);
    }
  });

  it('rise by what averaging nine pixels takes away', () => {
    // Large enough that the border, where the average reads black, counts little.
    const [score] = evaluateDenoising(averaging(3), [ramp(200, 160)], { sigmas: [50], seed: 1 });
    expect(score!.psnr - score!.noisyPsnr).toBeGreaterThan(8);
    expect(score!.psnr - score!.noisyPsnr).toBeLessThan(9.6);
    expect(score!.ssim).toBeGreaterThan(score!.noisySsim);
  });

  it('are the same for the same seed', () => {
    const run = () => evaluateDenoising(averaging(3), pictures, { sigmas: [30], seed: 5 });
    expect(run()).toEqual(run());
  });
});
