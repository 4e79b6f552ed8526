import { randomGridNetwork, SMALL_SPEC, useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { convertToOnnx } from '@evenlight/trainer/src/export/convert-to-onnx.ts';
import { input, layers, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(useTfjsWasm);

const refused = (text: string): Error =>
  expect.objectContaining({ code: 'UNSUPPORTED_LAYER', message: expect.stringContaining(text) as string }) as Error;

function networkWith(layer: { apply(value: SymbolicTensor): unknown }, shape: number[] = [8, 8, 3]) {
  const start = input({ shape });
  return model({ inputs: start, outputs: layer.apply(start) as SymbolicTensor });
}

describe('convertToOnnx', () => {
  it('names the layer that it does not know', () => {
    const network = networkWith(layers.prelu({ name: 'steep' }));
    expect(() => convertToOnnx(network, { precision: 'fp32' })).toThrow(refused("layer 'steep' (PReLU)"));
  });

  it('names the activation that it does not know', () => {
    const network = networkWith(layers.conv2d({ filters: 2, kernelSize: 3, activation: 'selu', name: 'odd' }));
    expect(() => convertToOnnx(network, { precision: 'fp32' })).toThrow(refused("layer 'odd' (Conv2D): activation"));
  });

  it.each([
    ['channels first', layers.averagePooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }), 'dataFormat'],
    ['a kernel smaller than its stride', layers.conv2dTranspose({ filters: 2, kernelSize: 1, strides: 2 }), 'smaller'],
    ['batch normalisation over the height', layers.batchNormalization({ axis: 1 }), 'axis 1'],
  ])('refuses %s', (_, layer, text) => {
    expect(() => convertToOnnx(networkWith(layer), { precision: 'fp32' })).toThrow(refused(text));
  });

  it('refuses a network inside the network', () => {
    const inner = sequential({
      name: 'inner',
      layers: [layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [8, 8, 3] })],
    });
    expect(() => convertToOnnx(networkWith(inner), { precision: 'fp32' })).toThrow(refused("layer 'inner'"));
  });

  it('refuses a network with two outputs', () => {
    const start = input({ shape: [8, 8, 3] });
    const outputs = [1, 2].map((filters) => layers.conv2d({ filters, kernelSize: 1 }).apply(start) as SymbolicTensor);
    expect(() => convertToOnnx(model({ inputs: start, outputs }), { precision: 'fp32' })).toThrow(refused('2 outputs'));
  });

  it('gives the same bytes for the same network', () => {
    const network = randomGridNetwork(SMALL_SPEC, 32);
    const options = { precision: 'fp32', metadata: { name: 'small' } } as const;
    expect(Buffer.from(convertToOnnx(network, options)).equals(convertToOnnx(network, options))).toBe(true);
  });
});
