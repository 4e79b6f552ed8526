import { createTensorflowRuntime } from '@evenlight/runtime/src/tfjs/tensorflow-runtime.ts';
import { describeRuntime } from '@evenlight/test/contracts/runtime-contract.ts';
import { expect, it } from 'vitest';

describeRuntime('native TensorFlow runtime', createTensorflowRuntime);

it('says what it is', async () => {
  const { info } = await createTensorflowRuntime();
  expect(info.kind).toBe('tensorflow');
  expect(info.version).toMatch(/^2\.\d+\.\d+$/);
  expect(info.description).toBe(`native TensorFlow ${info.version} on the ${info.device.toUpperCase()}`);
});
