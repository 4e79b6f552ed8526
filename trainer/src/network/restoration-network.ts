import { FULL_RESTORATION_EV, MAX_LIFT_EV, RESTORATION_CHANNELS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { beginWithDifferences } from './first-differences.ts';

const positiveInt = z.int().check(z.gte(1));
const levelSchema = z.strictObject({ width: positiveInt, convolutions: positiveInt });

/**
 * `restoration`: corrected picture and lift → what is to be added to the picture. An encoder–decoder with symmetric additive skips after
 * Mao et al. 2016 (arXiv 1606.08921), whose levels halve the size: a decoder's features and those of the encoder of the same size
 * are added and pass a ReLU.
 *
 * The first convolution takes 2×2 pixels at a time and the last deconvolution gives 2×2: pixel-unshuffle and -shuffle (Shi et al. 2016,
 * Zhang et al. 2018, "FFDNet") with a 1×1 convolution, in one layer that every runtime has. No layer works at full size, which
 * keeps the cost per pixel low.
 */
export const restorationNetworkSchema = z.strictObject({
  type: z.literal('restoration'),
  /** Each level works at half the size of the one before, the first at half the picture's; `convolutions` 3×3 on each way. */
  levels: z.array(levelSchema).check(z.minLength(2), z.maxLength(5)),
});

export type RestorationNetworkSpec = z.infer<typeof restorationNetworkSchema>;

/** Builds the network: `[batch, height, width, 4]` → `[batch, height, width, 3]`. It begins with a residual of 0. */
export function buildRestorationNetwork({ levels }: RestorationNetworkSpec, seed: number): tfl.LayersModel {
  let nextSeed = seed * 1000 + 1;
  const options = (name: string) => ({
    name,
    padding: 'same' as const,
    kernelInitializer: tfl.initializers.heNormal({ seed: nextSeed++ }),
  });
  const convolve = (x: tfl.SymbolicTensor, filters: number, name: string): tfl.SymbolicTensor =>
    apply(tfl.layers.conv2d({ ...options(name), filters, kernelSize: 3, activation: 'relu' }), x);
  const input = tfl.input({ shape: [null, null, RESTORATION_CHANNELS], name: 'picture' });
  const kept: tfl.SymbolicTensor[] = [];
  let x: tfl.SymbolicTensor = input;
  for (const [level, { width, convolutions }] of levels.entries()) {
    const kernelSize = level === 0 ? 2 : 3;
    const enter = {
      ...options(`down${level + 1}`),
      filters: width,
      kernelSize,
      strides: 2,
      activation: 'relu' as const,
    };
    x = apply(tfl.layers.conv2d(enter), x);
    for (let i = 1; i <= convolutions; i++) x = convolve(x, width, `down${level + 1}_${i}`);
    kept.push(x);
  }
  for (let level = levels.length - 2; level >= 0; level--) {
    const { width, convolutions } = levels[level]!;
    const name = `up${level + 1}`;
    x = apply(tfl.layers.conv2dTranspose({ ...options(name), filters: width, kernelSize: 2, strides: 2 }), x);
    x = apply(tfl.layers.add({ name: `${name}_skip` }), [x, kept[level]!]);
    x = apply(tfl.layers.activation({ activation: 'relu', name: `${name}_relu` }), x);
    for (let i = 1; i <= convolutions; i++) x = convolve(x, width, `${name}_${i}`);
  }
  const last = { ...options('residual'), kernelInitializer: tfl.initializers.zeros() };
  x = apply(tfl.layers.conv2dTranspose({ ...last, filters: 3, kernelSize: 2, strides: 2 }), x);
  const model = tfl.model({ inputs: input, outputs: x, name: 'restoration' });
  beginWithDifferences(model.getLayer('down1'));
  return model;
}

/** A tile's sides must be multiples of this. */
export function tileMultiple({ levels }: RestorationNetworkSpec): number {
  return 2 ** levels.length;
}

/** How far, in pixels, an input pixel reaches: every 3×3 convolution one pixel of its level on, rounded up to whole tiles' multiples. */
export function networkReach(spec: RestorationNetworkSpec): number {
  const onTheWay = spec.levels.map(({ convolutions }, level) => {
    const ways = level === spec.levels.length - 1 ? 1 : 2;
    const entered = level === 0 ? 1 : 2 ** level;
    return ways * convolutions * 2 ** (level + 1) + entered;
  });
  const multiple = tileMultiple(spec);
  return Math.ceil(onTheWay.reduce((sum, pixels) => sum + pixels, 0) / multiple) * multiple + multiple;
}

/**
 * `addResidual` of `@evenlight/models` as differentiable tensor operations.
 *
 * @param input `[batch, height, width, 4]`
 * @param residual `[batch, height, width, 3]`
 * @returns `[batch, height, width, 3]`, not clamped
 */
export function withResidual(input: tf.Tensor4D, residual: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [picture, lift] = tf.split<tf.Tensor4D>(input, [3, 1], 3) as [tf.Tensor4D, tf.Tensor4D];
    const t = tf.clipByValue(tf.mul(lift, MAX_LIFT_EV / FULL_RESTORATION_EV), 0, 1);
    const share = tf.mul(tf.square(t), tf.sub(3, tf.mul(t, 2)));
    return tf.add<tf.Tensor4D>(picture, tf.mul(residual, share));
  });
}

function apply(
  layer: { apply(x: tfl.SymbolicTensor | tfl.SymbolicTensor[]): unknown },
  x: tfl.SymbolicTensor | tfl.SymbolicTensor[],
): tfl.SymbolicTensor {
  return layer.apply(x) as tfl.SymbolicTensor; // a symbolic input always gives one symbolic output for these layers
}
