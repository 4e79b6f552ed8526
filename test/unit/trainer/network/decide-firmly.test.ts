import { useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { decideFirmly, undecide } from '@evenlight/trainer/src/network/decide-firmly.ts';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(useTfjsWasm);

const odds = (probability: number): number => Math.log(probability / (1 - probability));

/** What a gate that takes log-odds in answers for the given probabilities. */
function answers(gate: tfl.layers.Layer, probabilities: readonly number[]): number[] {
  return tf.tidy(() => {
    const input = tf.tensor2d(probabilities.map((probability) => [odds(probability)]));
    return [...(gate.apply(input) as tf.Tensor).dataSync<'float32'>()];
  });
}

function newGate(): tfl.layers.Layer {
  const gate = tfl.layers.dense({ units: 1, activation: 'sigmoid', inputShape: [1] });
  gate.build([null, 1]);
  gate.setWeights([tf.tensor2d([[1]]), tf.tensor1d([0])]);
  return gate;
}

describe('a gate that decides', () => {
  it('answers one half at the threshold', () => {
    const gate = newGate();
    expect(answers(gate, [0.3])[0]).toBeCloseTo(0.3, 5);
    decideFirmly(gate, { thresholds: [0.3], sharpness: 4 });
    expect(answers(gate, [0.3])[0]).toBeCloseTo(0.5, 5);
  });

  it('raises the odds on either side to the power of the sharpness', () => {
    const gate = newGate();
    decideFirmly(gate, { thresholds: [0.5], sharpness: 4 });
    const [low, high] = answers(gate, [0.25, 0.75]);
    expect(high).toBeCloseTo(81 / 82, 5);
    expect(low).toBeCloseTo(1 / 82, 5);
  });

  it('answers with the probability again for training', () => {
    const gate = newGate();
    const decision = { thresholds: [0.3], sharpness: 6 };
    decideFirmly(gate, decision);
    undecide(gate, decision);
    const again = answers(gate, [0.1, 0.3, 0.8]);
    expect(again.map((value) => value.toFixed(5))).toEqual(['0.10000', '0.30000', '0.80000']);
  });
});
