import { createWasmRuntime } from '@evenlight/runtime/src/tfjs/wasm-runtime.ts';
import { describeRuntime } from '@evenlight/test/contracts/runtime-contract.ts';
import { expect, it } from 'vitest';

describeRuntime('WebAssembly runtime', createWasmRuntime);

it('says what it is', async () => {
  const { info } = await createWasmRuntime();
  expect(info).toMatchObject({ kind: 'wasm', device: 'cpu', version: '4.22.0' });
  expect(info.description).toBe('WebAssembly (TensorFlow.js 4.22.0, with SIMD)');
});
