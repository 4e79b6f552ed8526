import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** From which probability on a picture counts as wrong, and how firmly. */
export interface Decision {
  /** The probabilities that are decided as one half, 0..1: one, or that of too bright and that of too dark. */
  readonly thresholds: readonly number[];
  /** Factor of the log-odds: 1 leaves the probability as it is; with 4, odds of 3 to 1 become 81 to 1. */
  readonly sharpness: number;
}

/**
 * Makes a trained gate decide. During training it answers with a probability, so that the loss can measure it. In use, one half
 * would half-correct both a picture that is plainly wrong and one that is fine. The log-odds are moved and scaled, which the last
 * dense layer can hold in its own weights: the exported network has no more operations than the trained one.
 */
export function decideFirmly(gate: tfl.layers.Layer, { thresholds, sharpness }: Decision): void {
  tf.tidy(() => {
    const [kernel, bias] = gate.getWeights();
    const odds = logOdds(thresholds);
    gate.setWeights([tf.mul(kernel!, sharpness), tf.mul(tf.sub(bias!, odds), sharpness)]);
  });
}

/** Undoes {@link decideFirmly}: a network that is trained on answers with a probability again. */
export function undecide(gate: tfl.layers.Layer, { thresholds, sharpness }: Decision): void {
  tf.tidy(() => {
    const [kernel, bias] = gate.getWeights();
    const odds = logOdds(thresholds);
    gate.setWeights([tf.div(kernel!, sharpness), tf.add(tf.div(bias!, sharpness), odds)]);
  });
}

function logOdds(probabilities: readonly number[]): tf.Tensor1D {
  return tf.tensor1d(probabilities.map((probability) => Math.log(probability / (1 - probability))));
}
