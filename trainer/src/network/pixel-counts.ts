import { LUMA_WEIGHTS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** A ramp that begins at `from` along `weights · rgb` and rises to 1 over `over`. */
interface LumaRamp {
  readonly weights: readonly [red: number, green: number, blue: number];
  readonly from: number;
  readonly over: number;
}

const ONES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;
const TWOS = [
  [1, 1, 0],
  [0, 1, 1],
  [1, 0, 1],
] as const;

const luma = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95].map((from): LumaRamp => ({
  weights: LUMA_WEIGHTS,
  from,
  over: 1 - from,
}));
const dark = [0.03, 0.06, 0.12, 0.25].map((until): LumaRamp => ({
  weights: [-LUMA_WEIGHTS[0], -LUMA_WEIGHTS[1], -LUMA_WEIGHTS[2]],
  from: -until,
  over: until,
}));
/** One, two and three channels near the end of their range. */
const clipped = [0.9, 0.97].flatMap((share): LumaRamp[] => [
  ...ONES.map((weights) => ({ weights, from: share, over: 1 - share })),
  ...TWOS.map((weights) => ({ weights, from: 2 * share, over: 2 - 2 * share })),
  { weights: [1, 1, 1], from: 3 * share, over: 3 - 3 * share },
]);
const colour = [0, 0.12].flatMap((from) =>
  [
    [1, -1, 0],
    [-1, 1, 0],
    [0, 1, -1],
    [0, -1, 1],
    [1, 0, -1],
    [-1, 0, 1],
  ].map((weights): LumaRamp => ({ weights: [weights[0]!, weights[1]!, weights[2]!], from, over: 0.5 })),
);

/**
 * What a learned count of pixels begins as: a histogram of luma, how much of the picture is black, how much has one, two or three clipped
 * channels, how colourful it is. Sixteen such numbers alone tell over-exposed pictures from those that are bright on purpose nine
 * times out of ten; random weights take thousands of steps to find them.
 */
const RAMPS: readonly LumaRamp[] = [...luma, ...dark, ...clipped, ...colour];

/** How many counts there are. */
export const PIXEL_COUNTS = RAMPS.length;

/** Gives a 1×1 convolution from RGB to {@link PIXEL_COUNTS} channels its first weights; behind it come a rectifier and a mean. */
export function beginCounting(convolution: tfl.layers.Layer): void {
  tf.tidy(() => {
    const columns = RAMPS.map(({ weights, over }) => weights.map((weight) => weight / over));
    const kernel = [0, 1, 2].map((channel) => columns.map((column) => column[channel]!));
    const bias = RAMPS.map(({ from, over }) => -from / over);
    convolution.setWeights([tf.tensor4d([[kernel]]), tf.tensor1d(bias)]);
  });
}
