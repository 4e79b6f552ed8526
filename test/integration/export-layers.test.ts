import { createTestPicture } from '@evenlight/models';
import { LAYER_NETWORKS, LAYER_PICTURES } from '@evenlight/test/fixtures/layer-networks.ts';
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
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(useTfjsWasm);

describe.each(Object.keys(LAYER_NETWORKS))('%s', (name) => {
  it('means the same to onnxruntime as to tfjs', async () => {
    const network = LAYER_NETWORKS[name]!();
    const parity = await checkParity(network, convertToOnnx(network, { precision: 'fp32' }), LAYER_PICTURES, 1e-5);
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
    expect(exact.largestValue).toBeGreaterThan(0.05);
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
    const network = LAYER_NETWORKS['Conv2D, same']!();
    const onnx = convertToOnnx(network, { precision: 'fp32' });
    fillWithRandomWeights(network, 6);
    await expect(checkParity(network, onnx, LAYER_PICTURES)).rejects.toMatchObject({ code: 'PARITY' });
  });

  it('says when onnxruntime cannot read the file', async () => {
    const network = LAYER_NETWORKS['Conv2D, same']!();
    const rejected = expect(checkParity(network, new Uint8Array([8, 8]), LAYER_PICTURES)).rejects;
    await rejected.toMatchObject({ code: 'PARITY', message: expect.stringContaining('cannot read') as string });
  });
});
