import { createTestPicture, type ProxyImage } from '@evenlight/models';
import { readOnnxFile } from '@evenlight/plugin/src/engine/plain/onnx-file.ts';
import { checkOperators, runGraph } from '@evenlight/plugin/src/engine/plain/run-graph.ts';
import type { PlainTensor } from '@evenlight/plugin/src/engine/plain/tensor.ts';
import { LAYER_NETWORKS, LAYER_PICTURES } from '@evenlight/test/fixtures/layer-networks.ts';
import {
  randomGridNetwork,
  randomImageNetwork,
  SMALL_SPEC,
  useTfjsWasm,
} from '@evenlight/test/fixtures/random-network.ts';
import { convertToOnnx } from '@evenlight/trainer/src/export/convert-to-onnx.ts';
import { runTfjs } from '@evenlight/trainer/src/export/parity.ts';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(useTfjsWasm);

function runPlain(onnx: Uint8Array, { width, height, pixels }: ProxyImage): PlainTensor {
  const graph = readOnnxFile(onnx);
  checkOperators(graph);
  const steps = runGraph(graph, { dims: [1, height, width, 3], values: pixels });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function expectSame(network: LayersModel, picture: ProxyImage): void {
  const expected = runTfjs(network, picture);
  const actual = runPlain(convertToOnnx(network, { precision: 'fp32' }), picture).values;
  expect(actual.length).toBe(expected.length);
  const difference = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(difference).toBeLessThan(1e-5);
}

describe.each(Object.keys(LAYER_NETWORKS))('%s', (name) => {
  it('means the same to the plain engine as to tfjs', () => {
    const network = LAYER_NETWORKS[name]!();
    expectSame(network, LAYER_PICTURES[0]!);
    network.dispose();
  });
});

describe('whole networks', () => {
  it.each([1, 2])('a grid network with weights %d', (seed) => {
    expectSame(randomGridNetwork(SMALL_SPEC, 32, seed), createTestPicture(seed, { width: 32, height: 32 }));
  });

  it('an image network at any size', () => {
    expectSame(randomImageNetwork(), createTestPicture(1, { width: 24, height: 40 }));
  });

  it('half-precision weights', () => {
    const network = randomGridNetwork(SMALL_SPEC, 32);
    const picture = createTestPicture(1, { width: 32, height: 32 });
    const half = runPlain(convertToOnnx(network, { precision: 'fp16' }), picture).values;
    const expected = runTfjs(network, picture);
    const difference = half.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(difference).toBeGreaterThan(1e-6);
    expect(difference).toBeLessThan(1e-2);
  });
});
