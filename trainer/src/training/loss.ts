import * as tf from '@tensorflow/tfjs-core';
import type { TrainingOptions } from '../run-file.ts';

export interface LossInputs {
  /** Corrected pictures and their targets, `[batch, height, width, 3]`. */
  readonly output: tf.Tensor4D;
  readonly target: tf.Tensor4D;
  /** By how much each cell of the grid makes white darker than `keepWhite.floor`, `[batch, gridHeight, gridWidth, 3]`, 0 or more. */
  readonly grayness?: tf.Tensor4D | undefined;
  /** By how much each cell of the grid makes black brighter than it may, likewise. */
  readonly veil?: tf.Tensor4D | undefined;
  /** Where one or two channels of the input are clipped, 0..1, `[batch, height, width, 1]`. */
  readonly clipped?: tf.Tensor4D | undefined;
  /** The gate `[batch, 1]`, or `[batch, 2]` for too bright and too dark, in 0..1, and how wrong the input is, `[batch, 1]`, 0..1. */
  readonly gate?: tf.Tensor2D | undefined;
  readonly wrong: tf.Tensor2D;
  /** Whether the input is brighter than its target, `[batch, 1]`, 0 or 1. */
  readonly tooBright: tf.Tensor2D;
  /** What the gate should answer, of the gate's shape, 0..1, where it does not follow from `wrong` and `tooBright`. */
  readonly gateGoal?: tf.Tensor2D | undefined;
}

/** What teachers say of a batch, instead of its pairs; what they say nothing of is undefined. */
export interface Lesson {
  readonly target?: tf.Tensor4D;
  readonly gateGoal?: tf.Tensor2D;
}

/** A mean square error of about one code of 255: what is nearer counts as equal. */
const LEAST_MEAN_SQUARE = 1.5e-5;

/**
 * The training loss, a weighted sum of
 * - `absolute`: mean absolute error;
 * - `meanSquare`: mean square error. Where the brightness is uncertain it aims at the mean of what is likely, the absolute error
 *   at the median, that is at one of the two answers "leave it" and "change it";
 * - `rootMeanSquare`: root mean square error of each picture, then the mean (mean PSNR is a mean over pictures too);
 * - `logMeanSquare`: natural logarithm of each picture's mean square error, then the mean: PSNR itself, so that a picture with little
 *   noise counts as much as one with a lot (Chen et al. 2021, "HINet", eq. 3);
 * - `means`: mean absolute error of 4×4 means, that is of brightness and colour at large;
 * - `gradients`: mean absolute error of horizontal and vertical differences (contrast; Mathieu et al. 2016, eq. 6);
 * - `cosine`: 1 − cosine between colours, which does not see brightness (Wang et al. 2019, "Underexposed photo enhancement
 *   using deep illumination estimation", eq. 5);
 * - `clippedColour`: mean absolute error of what is left of a colour without its mean, where one or two channels are clipped;
 * - `clippedHue`: there, 1 − cosine between what is left of the two colours, times how much is left of the target's: the hue alone;
 * - `black`: mean over the cells of the grid of how much brighter than two codes they would make black;
 * - `white`: mean over the cells of the grid of how much darker than `keepWhite.floor` they would make white, whether the cell has white
 *   in it or not: a cell of a building beside a white sky is interpolated into that sky and would leave a gray seam there;
 * - `gate`: binary cross-entropy between the gate and how wrong the input is.
 *
 * Pairs that need no change count `untouched` in all terms on pictures.
 */
export function trainingLoss(inputs: LossInputs, weights: TrainingOptions['loss']): tf.Scalar {
  return tf.tidy(() => {
    const { output, target, grayness, veil, clipped, gate, wrong } = inputs;
    const weight = wrong.mul(1 - weights.untouched).add(weights.untouched);
    const error = output.sub<tf.Tensor4D>(target).mul<tf.Tensor4D>(weight.reshape([-1, 1, 1, 1]));
    const terms: tf.Tensor[] = [error.abs().mean().mul(weights.absolute)];
    if (weights.meanSquare > 0) terms.push(error.square().mean().mul(weights.meanSquare));
    if (weights.rootMeanSquare > 0) {
      terms.push(error.square().mean([1, 2, 3]).add(1e-6).sqrt().mean().mul(weights.rootMeanSquare));
    }
    if (weights.logMeanSquare > 0) {
      terms.push(error.square().mean([1, 2, 3]).add(LEAST_MEAN_SQUARE).log().mean().mul(weights.logMeanSquare));
    }
    if (weights.means > 0) terms.push(tf.avgPool(error, 4, 4, 'valid').abs().mean().mul(weights.means));
    if (weights.gradients > 0) terms.push(gradientError(error).mul(weights.gradients));
    if (weights.cosine > 0) terms.push(cosineError(output, target, weight).mul(weights.cosine));
    if (weights.clippedColour > 0 && clipped) {
      const colour = error.sub<tf.Tensor4D>(error.mean(3, true));
      terms.push(colour.abs().mul(clipped).mean().mul(weights.clippedColour));
    }
    if (weights.clippedHue > 0 && clipped) {
      terms.push(
        hueError(output, target)
          .mul(weight.reshape([-1, 1, 1, 1]))
          .mul(clipped)
          .mean()
          .mul(weights.clippedHue),
      );
    }
    if (weights.black > 0 && veil) terms.push(veil.mean().mul(weights.black));
    if (weights.white > 0 && grayness) terms.push(grayness.mean().mul(weights.white));
    if (weights.gate > 0 && gate) terms.push(gateLoss({ ...inputs, gate }).mul(weights.gate));
    return tf.addN(terms).asScalar();
  });
}

/** What {@link gateLoss} is taken of. */
export interface GateInputs extends Pick<LossInputs, 'wrong' | 'tooBright' | 'gateGoal'> {
  readonly gate: tf.Tensor2D;
}

/** The term `gate`, without its weight. */
export function gateLoss({ gate, wrong, tooBright, gateGoal }: GateInputs): tf.Scalar {
  return tf.tidy(() => crossEntropy(gate, gateGoal ?? gateLabels(gate, wrong, tooBright)).asScalar());
}

function gradientError(error: tf.Tensor4D): tf.Tensor {
  const [batch, height, width] = error.shape;
  const across = error
    .slice([0, 0, 1, 0], [batch, height, width - 1, 3])
    .sub(error.slice([0, 0, 0, 0], [batch, height, width - 1, 3]));
  const down = error
    .slice([0, 1, 0, 0], [batch, height - 1, width, 3])
    .sub(error.slice([0, 0, 0, 0], [batch, height - 1, width, 3]));
  return across.abs().mean().add(down.abs().mean());
}

function cosineError(output: tf.Tensor4D, target: tf.Tensor4D, weight: tf.Tensor): tf.Tensor {
  const product = output.mul(target).sum(3);
  const norms = output.square().sum(3).add(1e-4).sqrt().mul(target.square().sum(3).add(1e-4).sqrt());
  return tf
    .scalar(1)
    .sub(product.add(1e-4).div(norms))
    .mul(weight.reshape([-1, 1, 1]))
    .mean();
}

/** By pixel, `[batch, height, width, 1]`. */
function hueError(output: tf.Tensor4D, target: tf.Tensor4D): tf.Tensor {
  const [colour, goal] = [output, target].map((picture) => picture.sub<tf.Tensor4D>(picture.mean(3, true))) as [
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const length = (vector: tf.Tensor4D): tf.Tensor => vector.square().sum(3, true).add(1e-4).sqrt();
  const along = colour.mul(goal).sum(3, true).div(length(colour));
  return length(goal).sub(along);
}

/** What the gate should answer, in one answer or in two. */
function gateLabels(gate: tf.Tensor2D, wrong: tf.Tensor2D, tooBright: tf.Tensor2D): tf.Tensor2D {
  return gate.shape[1] === 1 ? wrong : tf.concat([tooBright, tf.sub(1, tooBright)], 1).mul(wrong);
}

function crossEntropy(gate: tf.Tensor2D, wrong: tf.Tensor2D): tf.Tensor {
  const sure = gate.clipByValue(1e-4, 1 - 1e-4);
  const one = tf.scalar(1);
  return wrong
    .mul(sure.log())
    .add(one.sub(wrong).mul(one.sub(sure).log()))
    .mean()
    .neg();
}
