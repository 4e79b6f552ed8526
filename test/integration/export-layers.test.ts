import { createTestPicture, type Proxy } from '@evenlight/models';
import {
  EXPOSURE_SPEC,
  fillWithRandomWeights,
  randomGridNetwork,
  randomImageNetwork,
  SMALL_SPEC,
  useTfjsWasm,
} from '@evenlight/test/fixtures/random-network.ts';
import { convertToOnnx } from '@evenlight/trainer/src/export/convert-to-onnx.ts';
import { checkParity } from '@evenlight/trainer/src/export/parity.ts';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

interface Applicable {
  apply(inputs: SymbolicTensor | SymbolicTensor[]): unknown;
}

const WIDTH = 13;
const HEIGHT = 11;
const pictures: readonly Proxy[] = [createTestPicture(1, { width: WIDTH, height: HEIGHT })];

/** Layers one after the other behind a picture of 11 × 13. */
function chain(...steps: readonly Applicable[]): LayersModel {
  const start = input({ shape: [HEIGHT, WIDTH, 3] });
  const output = steps.reduce<SymbolicTensor>((value, step) => step.apply(value) as SymbolicTensor, start);
  return fillWithRandomWeights(model({ inputs: start, outputs: output }), 5);
}

/** A layer that joins two different convolutions of the picture. */
function join(layer: Applicable, filters: readonly [number, number] = [4, 4]): LayersModel {
  const start = input({ shape: [HEIGHT, WIDTH, 3] });
  const branches = filters.map(
    (count) => layers.conv2d({ filters: count, kernelSize: 1 }).apply(start) as SymbolicTensor,
  );
  return fillWithRandomWeights(model({ inputs: start, outputs: layer.apply(branches) as SymbolicTensor }), 5);
}

/** One vector for the whole picture, added to or multiplied with every pixel of it. */
function broadcast(layer: Applicable): LayersModel {
  const start = input({ shape: [HEIGHT, WIDTH, 3] });
  const steps = [
    layers.averagePooling2d({ poolSize: 4 }),
    layers.flatten(),
    layers.dense({ units: 3 }),
    layers.reshape({ targetShape: [1, 1, 3] }),
  ];
  const vector = steps.reduce<SymbolicTensor>((value, step) => step.apply(value) as SymbolicTensor, start);
  return fillWithRandomWeights(model({ inputs: start, outputs: layer.apply([start, vector]) as SymbolicTensor }), 5);
}

const conv = (options: object): Applicable => layers.conv2d({ filters: 5, kernelSize: 3, ...options });
const up = (interpolation: 'nearest' | 'bilinear', size: [number, number]): Applicable =>
  layers.upSampling2d({ size, interpolation });

const cases: Readonly<Record<string, () => LayersModel>> = {
  'Conv2D, same': () => chain(conv({ padding: 'same' })),
  'Conv2D, valid, without bias': () => chain(conv({ useBias: false })),
  'Conv2D, stride 2, same': () => chain(conv({ padding: 'same', strides: 2 })),
  'Conv2D, stride 2, valid': () => chain(conv({ strides: 2 })),
  'Conv2D, stride 2 on an even size': () =>
    chain(
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 1],
        ],
      }),
      conv({ padding: 'same', strides: 2 }),
    ),
  'Conv2D, stride 3 × 2, kernel 2 × 5': () => chain(conv({ padding: 'same', strides: [3, 2], kernelSize: [2, 5] })),
  'Conv2D, dilated': () => chain(conv({ padding: 'same', dilationRate: 2 })),
  'Conv2D, kernel 4 × 2, same': () => chain(conv({ padding: 'same', kernelSize: [4, 2] })),
  'Conv2D with relu': () => chain(conv({ activation: 'relu' })),
  'Conv2D with sigmoid': () => chain(conv({ activation: 'sigmoid' })),
  'Conv2D with tanh': () => chain(conv({ activation: 'tanh' })),
  'Conv2D with relu6': () => chain(conv({ activation: 'relu6' })),
  'Conv2DTranspose, stride 2, same': () =>
    chain(layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })),
  'Conv2DTranspose, stride 2, kernel 4': () =>
    chain(layers.conv2dTranspose({ filters: 4, kernelSize: 4, strides: 2, padding: 'same' })),
  'Conv2DTranspose, stride 1, same': () =>
    chain(layers.conv2dTranspose({ filters: 4, kernelSize: 3, padding: 'same' })),
  'Conv2DTranspose, stride 2, valid': () =>
    chain(layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, useBias: false })),
  DepthwiseConv2D: () =>
    chain(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu' })),
  'DepthwiseConv2D, stride 2': () => chain(layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' })),
  SeparableConv2D: () =>
    chain(layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, padding: 'same' })),
  Activation: () => chain(layers.activation({ activation: 'tanh' })),
  ReLU: () => chain(conv({}), layers.reLU()),
  'ReLU with a maximum': () => chain(conv({}), layers.reLU({ maxValue: 0.3 })),
  LeakyReLU: () => chain(conv({}), layers.leakyReLU({ alpha: 0.2 })),
  Add: () => join(layers.add()),
  'Add, broadcast from one vector': () => broadcast(layers.add()),
  Multiply: () => join(layers.multiply()),
  'Multiply, broadcast from one vector': () => broadcast(layers.multiply()),
  'Concatenate, channels': () => join(layers.concatenate(), [2, 5]),
  'Concatenate, height': () => join(layers.concatenate({ axis: 1 })),
  'Concatenate, width': () => join(layers.concatenate({ axis: 2 })),
  'UpSampling2D, nearest': () => chain(up('nearest', [2, 3])),
  'UpSampling2D, bilinear': () => chain(up('bilinear', [2, 2])),
  'UpSampling2D, bilinear, 3 × 4': () => chain(up('bilinear', [3, 4])),
  AveragePooling2D: () => chain(layers.averagePooling2d({ poolSize: 3, strides: 2 })),
  'AveragePooling2D, same': () => chain(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  MaxPooling2D: () => chain(layers.maxPooling2d({ poolSize: 2 })),
  'MaxPooling2D, same': () => chain(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  GlobalAveragePooling2D: () => chain(layers.globalAveragePooling2d({})),
  Flatten: () => chain(conv({ strides: 2 }), layers.flatten()),
  'Flatten and Dense': () =>
    chain(layers.averagePooling2d({ poolSize: 4 }), layers.flatten(), layers.dense({ units: 7, activation: 'tanh' })),
  'Dense over the channels of a picture': () => chain(layers.dense({ units: 4, useBias: false })),
  Reshape: () => chain(layers.reshape({ targetShape: [WIDTH, HEIGHT, 3] }), conv({})),
  'Reshape with an unknown side': () => chain(layers.reshape({ targetShape: [null, 3] })),
  BatchNormalization: () => chain(conv({}), layers.batchNormalization()),
  'BatchNormalization without scale and centre': () =>
    chain(conv({}), layers.batchNormalization({ scale: false, center: false })),
  ZeroPadding2D: () =>
    chain(
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [3, 0],
        ],
      }),
    ),
  Dropout: () => chain(conv({}), layers.dropout({ rate: 0.5 })),
};

beforeAll(useTfjsWasm);

describe.each(Object.keys(cases))('%s', (name) => {
  it('means the same to onnxruntime as to tfjs', async () => {
    const network = cases[name]!();
    const parity = await checkParity(network, convertToOnnx(network, { precision: 'fp32' }), pictures, 1e-5);
    expect(parity.largestValue).toBeGreaterThan(0.05);
    network.dispose();
  });
});

describe('whole networks', () => {
  it.each([
    ['the exposure network', EXPOSURE_SPEC, 256],
    ['a small one without a gate', { ...SMALL_SPEC, gate: false }, 48],
  ] as const)('%s agrees to 1e-4, and with half-precision weights to 2e-2', async (_, spec, size) => {
    const network = randomGridNetwork({ ...spec, widths: [...spec.widths] }, size);
    const inputs = [1, 2].map((seed) => createTestPicture(seed, { width: size, height: size }));
    const exact = await checkParity(network, convertToOnnx(network, { precision: 'fp32' }), inputs);
    expect(exact.largestValue).toBeGreaterThan(0.2);
    const halved = convertToOnnx(network, { precision: 'fp16' });
    expect(halved.length).toBeLessThan(0.7 * convertToOnnx(network, { precision: 'fp32' }).length);
    const half = await checkParity(network, halved, inputs, 2e-2);
    expect(half.largestDifference).toBeGreaterThan(exact.largestDifference);
    network.dispose();
  });

  it('an image network agrees at every size', async () => {
    const network = randomImageNetwork();
    const inputs = [
      { width: 16, height: 24 },
      { width: 40, height: 8 },
    ].map((size) => createTestPicture(3, size));
    await checkParity(network, convertToOnnx(network, { precision: 'fp32' }), inputs);
    network.dispose();
  });
});

describe('checkParity', () => {
  it('notices a network whose weights have changed since', async () => {
    const network = chain(conv({}));
    const onnx = convertToOnnx(network, { precision: 'fp32' });
    fillWithRandomWeights(network, 6);
    await expect(checkParity(network, onnx, pictures)).rejects.toMatchObject({ code: 'PARITY' });
  });

  it('says when onnxruntime cannot read the file', async () => {
    const network = chain(conv({}));
    const rejected = expect(checkParity(network, new Uint8Array([8, 8]), pictures)).rejects;
    await rejected.toMatchObject({ code: 'PARITY', message: expect.stringContaining('cannot read') as string });
  });
});
