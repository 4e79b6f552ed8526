import { useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { beginCounting, PIXEL_COUNTS } from '@evenlight/trainer/src/network/pixel-counts.ts';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(useTfjsWasm);

/** The counts of a picture whose pixels are these colours, in equal shares. */
function countsOf(colours: readonly (readonly [number, number, number])[]): number[] {
  const convolution = tfl.layers.conv2d({
    filters: PIXEL_COUNTS,
    kernelSize: 1,
    activation: 'relu',
    inputShape: [1, colours.length, 3],
  });
  convolution.build([null, 1, colours.length, 3]);
  beginCounting(convolution);
  return tf.tidy(() => {
    const picture = tf.tensor4d([[colours.map((colour) => [...colour])]]);
    return [...tf.mean(convolution.apply(picture) as tf.Tensor, [0, 1, 2]).dataSync<'float32'>()];
  });
}

const larger = (left: number[], right: number[]): number[] =>
  left.flatMap((value, index) => (value > right[index]! + 0.2 ? [index] : []));

describe('the counts that a network begins with', () => {
  it('tell two clipped channels from three, and from one', () => {
    const one = countsOf([[1, 0.6, 0.6]]);
    const two = countsOf([[1, 1, 0.6]]);
    const three = countsOf([[1, 1, 1]]);
    expect(larger(two, one).length).toBeGreaterThan(0);
    expect(larger(three, two).length).toBeGreaterThan(0);
  });

  it('grow with the share of the picture that is clipped', () => {
    const quarter = countsOf([
      [1, 1, 1],
      [0.4, 0.4, 0.4],
      [0.4, 0.4, 0.4],
      [0.4, 0.4, 0.4],
    ]);
    const all = countsOf([[1, 1, 1]]);
    const clippedOnly = all.findIndex((value, i) => value > 0.9 && countsOf([[0.85, 0.85, 0.85]])[i] === 0);
    expect(quarter[clippedOnly]).toBeCloseTo(all[clippedOnly]! / 4, 5);
  });

  it('see black, and colour apart from brightness', () => {
    expect(larger(countsOf([[0, 0, 0]]), countsOf([[0.3, 0.3, 0.3]])).length).toBeGreaterThan(0);
    expect(larger(countsOf([[0.8, 0.5, 0.2]]), countsOf([[0.55, 0.55, 0.55]])).length).toBeGreaterThan(2);
  });
});
