import { FULL_RESTORATION_EV, MAX_LIFT_EV, RESTORATION_CHANNELS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { beginWithDifferences } from './first-differences.ts';

const positiveInt = z.int().check(z.gte(1));
const levelSchema = z.strictObject({ width: positiveInt, blocks: positiveInt });

/**
 * `restoration`: corrected picture and lift → what is to be added to the picture. An encoder–decoder with symmetric additive skips after
 * Mao et al. 2016 (arXiv 1606.08921), whose levels halve the size: a decoder's features and those of the encoder of the same size
 * are added. On each level are residual blocks without normalisation (Lim et al. 2017, "EDSR", arXiv 1707.02921): what goes in, plus a
 * convolution of a rectified convolution of it. A plain chain of rectified convolutions learned far slower, and parts of it died.
 *
 * The first convolution takes 2×2 pixels at a time and the last deconvolution gives 2×2: pixel-unshuffle and -shuffle (Shi et al. 2016,
 * Zhang et al. 2018, "FFDNet") with a 1×1 convolution, in one layer that every runtime has. No layer works at full size, which
 * keeps the cost per pixel low.
 */
export const restorationNetworkSchema = z.strictObject({
  type: z.literal('restoration'),
  /** Each level works at half the size of the one before, the first at half the picture's; `blocks` on each way. */
  levels: z.array(levelSchema).check(z.minLength(2), z.maxLength(5)),
});

type Level = z.infer<typeof levelSchema>;

export type RestorationNetworkSpec = z.infer<typeof restorationNetworkSchema>;

/** The variance that a block begins with, of that of its input: nearly nothing, so that depth does not harm the start. */
const BLOCK_START = 0.02;

/** Builds the network: `[batch, height, width, 4]` → `[batch, height, width, 3]`. It begins with a residual of 0. */
export function buildRestorationNetwork({ levels }: RestorationNetworkSpec, seed: number): tfl.LayersModel {
  let nextSeed = seed * 1000 + 1;
  const options = (name: string) => ({
    name,
    padding: 'same' as const,
    kernelInitializer: tfl.initializers.heNormal({ seed: nextSeed++ }),
  });
  const block = (x: tfl.SymbolicTensor, filters: number, name: string): tfl.SymbolicTensor => {
    const convolution = { filters, kernelSize: 3 };
    const inner = apply(tfl.layers.conv2d({ ...options(`${name}a`), ...convolution, activation: 'relu' }), x);
    const small = tfl.initializers.varianceScaling({ scale: BLOCK_START, mode: 'fanIn', seed: nextSeed++ });
    const outer = { ...options(`${name}b`), ...convolution, kernelInitializer: small };
    return apply(tfl.layers.add({ name: `${name}_sum` }), [x, apply(tfl.layers.conv2d(outer), inner)]);
  };
  const blocks = (x: tfl.SymbolicTensor, { width, blocks: count }: Level, name: string): tfl.SymbolicTensor => {
    let y = x;
    for (let i = 1; i <= count; i++) y = block(y, width, `${name}_${i}`);
    return y;
  };
  const input = tfl.input({ shape: [null, null, RESTORATION_CHANNELS], name: 'picture' });
  const kept: tfl.SymbolicTensor[] = [];
  let x: tfl.SymbolicTensor = input;
  for (const [index, level] of levels.entries()) {
    const name = `down${index + 1}`;
    // The first one gives wavelets with both signs, which need a rectifier; the others only change the size.
    const enter =
      index === 0
        ? ({ kernelSize: 2, activation: 'relu' } as const)
        : ({ kernelSize: 3, activation: 'linear' } as const);
    x = apply(tfl.layers.conv2d({ ...options(name), ...enter, filters: level.width, strides: 2 }), x);
    x = blocks(x, level, name);
    kept.push(x);
  }
  for (let index = levels.length - 2; index >= 0; index--) {
    const level = levels[index]!;
    const name = `up${index + 1}`;
    x = apply(tfl.layers.conv2dTranspose({ ...options(name), filters: level.width, kernelSize: 2, strides: 2 }), x);
    x = apply(tfl.layers.add({ name: `${name}_skip` }), [x, kept[index]!]);
    x = blocks(x, level, name);
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

/** How far, in pixels, an input pixel reaches: every 3×3 convolution, two in a block, one pixel of its level on, rounded up to whole tiles' multiples. */
export function networkReach(spec: RestorationNetworkSpec): number {
  const onTheWay = spec.levels.map(({ blocks }, level) => {
    const ways = level === spec.levels.length - 1 ? 1 : 2;
    const entered = level === 0 ? 1 : 2 ** level;
    return 2 * ways * blocks * 2 ** (level + 1) + entered;
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
