import { RESTORATION_CHANNELS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** One filter over 2×2 pixels: what it multiplies red, green, blue and lift by, and the pixels above, below, left and right. */
interface Filter {
  readonly channels: readonly number[];
  readonly pixels: readonly [number, number, number, number];
  readonly bias: number;
}

const MEAN = [0.25, 0.25, 0.25, 0.25] as const;
/** The differences across, down and along the diagonal of a Haar wavelet. */
const DIFFERENCES = [
  [0.25, -0.25, 0.25, -0.25],
  [0.25, 0.25, -0.25, -0.25],
  [0.25, -0.25, -0.25, 0.25],
] as const;

/** Noise changes a difference by some hundredths; brightness lies about a middle of 0.4, some tenths from it. */
const DIFFERENCE_GAIN = 10;
const MEAN_GAIN = 2;
const MIDDLE = 0.4;

/**
 * Gives a 2×2 convolution with stride 2, behind which comes a rectifier, its first weights: Haar wavelets of red, green and blue with both
 * signs, scaled to like size, and the lift. With random weights brightness is far stronger than noise in every feature. Filters beyond those
 * keep their weights.
 */
export function beginWithDifferences(convolution: tfl.layers.Layer): void {
  tf.tidy(() => {
    const [kernel, bias] = convolution.getWeights();
    const width = kernel!.shape[3]!;
    const [values, biases] = [kernel!.dataSync().slice(), bias!.dataSync().slice()];
    for (const [filter, { channels, pixels, bias: own }] of FILTERS.slice(0, width).entries()) {
      for (const [pixel, weight] of pixels.entries()) {
        for (const [channel, factor] of channels.entries()) {
          values[(pixel * RESTORATION_CHANNELS + channel) * width + filter] = weight * factor;
        }
      }
      biases[filter] = own;
    }
    convolution.setWeights([tf.tensor(values, kernel!.shape), tf.tensor1d(biases)]);
  });
}

const COLOURS = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
] as const;

const scaled = (values: readonly number[], factor: number): number[] => values.map((value) => value * factor);

const FILTERS: readonly Filter[] = [
  ...[1, -1].flatMap((sign) =>
    COLOURS.flatMap((colour): Filter[] => [
      ...DIFFERENCES.map((pixels) => ({ channels: scaled(colour, sign * DIFFERENCE_GAIN), pixels, bias: 0 })),
      { channels: scaled(colour, sign * MEAN_GAIN), pixels: MEAN, bias: -sign * MEAN_GAIN * MIDDLE },
    ]),
  ),
  { channels: [0, 0, 0, 1], pixels: MEAN, bias: 0 },
];
