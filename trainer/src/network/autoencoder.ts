import * as tfl from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';

const positiveInt = z.int().check(z.gte(1));

/**
 * `autoencoder`: picture → picture, RED-Net (Mao, Shen and Yang 2016, arXiv 1606.08921): `depth` convolutions, then `depth`
 * deconvolutions, 3×3, no pooling; after every `skipEvery` convolutions their output is added to that of the mirrored
 * deconvolution and passes a ReLU; the whole learns the difference from its input. RED10 has no skips (`skipEvery` 0).
 * A `stride` of 2 in the first convolution and the last deconvolution trades little quality for speed.
 */
export const autoencoderSchema = z.strictObject({
  type: z.literal('autoencoder'),
  depth: positiveInt,
  filters: positiveInt,
  kernel: z._default(positiveInt, 3),
  stride: z._default(z.int().check(z.gte(1), z.lte(2)), 1),
  skipEvery: z._default(z.int().check(z.gte(0)), 2),
});

export type AutoencoderSpec = z.infer<typeof autoencoderSchema>;

/**
 * Builds the network for pictures of any size `[batch, height, width, 3]`, sRGB-encoded 0..1 (sides divisible by the stride).
 * The last deconvolution starts at zero, so that it begins as the identity.
 */
export function buildAutoencoder(spec: AutoencoderSpec, seed: number): tfl.LayersModel {
  const input = tfl.input({ shape: [null, null, 3], name: 'picture' });
  const kept: tfl.SymbolicTensor[] = [];
  let nextSeed = seed * 1000 + 1;
  const options = (name: string) => ({
    kernelSize: spec.kernel,
    padding: 'same' as const,
    kernelInitializer: tfl.initializers.heNormal({ seed: nextSeed++ }),
    name,
  });
  let x: tfl.SymbolicTensor = input;
  for (let i = 1; i <= spec.depth; i++) {
    const strides = i === 1 ? spec.stride : 1;
    x = apply(tfl.layers.conv2d({ ...options(`conv${i}`), filters: spec.filters, strides, activation: 'relu' }), x);
    if (spec.skipEvery > 0 && i % spec.skipEvery === 0 && i < spec.depth) kept.push(x);
  }
  for (let i = 1; i < spec.depth; i++) {
    const name = `deconv${i}`;
    const isJoined = spec.skipEvery > 0 && (spec.depth - i) % spec.skipEvery === 0 && kept.length > 0;
    const activation = isJoined ? 'linear' : 'relu';
    x = apply(tfl.layers.conv2dTranspose({ ...options(name), filters: spec.filters, activation }), x);
    if (!isJoined) continue;
    x = apply(tfl.layers.add({ name: `${name}_skip` }), [x, kept.pop()!]);
    x = apply(tfl.layers.activation({ activation: 'relu', name: `${name}_relu` }), x);
  }
  const last = {
    ...options('difference'),
    filters: 3,
    strides: spec.stride,
    kernelInitializer: tfl.initializers.zeros(),
  };
  x = apply(tfl.layers.conv2dTranspose(last), x);
  x = apply(tfl.layers.add({ name: 'picture_and_difference' }), [x, input]);
  return tfl.model({ inputs: input, outputs: x, name: 'autoencoder' });
}

function apply(
  layer: { apply(x: tfl.SymbolicTensor | tfl.SymbolicTensor[]): unknown },
  x: tfl.SymbolicTensor | tfl.SymbolicTensor[],
): tfl.SymbolicTensor {
  return layer.apply(x) as tfl.SymbolicTensor; // a symbolic input always gives one symbolic output for these layers
}
