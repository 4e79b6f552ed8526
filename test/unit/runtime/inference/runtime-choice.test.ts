import { RuntimeError } from '@evenlight/runtime';
import type { EngineInfo, RuntimeKind } from '@evenlight/runtime/src/tfjs/runtime.ts';
import { startChosenRuntime } from '@evenlight/runtime/src/inference/runtime-choice.ts';
import { describe, expect, it } from 'vitest';

const present = () => undefined;
const missing = () => 'native TensorFlow is not set up (npm run setup)';

function start(kind: RuntimeKind): Promise<{ info: EngineInfo }> {
  return Promise.resolve({ info: { kind, device: 'cpu', version: '1', description: kind } });
}

function startOnlyWasm(code: 'RUNTIME_UNAVAILABLE' | 'RUNTIME_CRASHED' | 'MODEL_CHECKSUM') {
  return (kind: RuntimeKind) =>
    kind === 'wasm' ? start(kind) : Promise.reject(new RuntimeError(code, 'it ended with exit code 132'));
}

describe('startChosenRuntime', () => {
  it('takes native TensorFlow where it is set up', async () => {
    const { info } = await startChosenRuntime({ choice: 'auto' }, start, present);
    expect(info).toMatchObject({ kind: 'tensorflow', why: 'native TensorFlow is set up' });
  });

  it('takes WebAssembly for a few predictions, and native TensorFlow for many', async () => {
    const { info: few } = await startChosenRuntime({ choice: 'auto', predictions: 1 }, start, present);
    expect(few).toMatchObject({ kind: 'wasm', why: expect.stringContaining('starts sooner') as string });
    const { info: many } = await startChosenRuntime({ choice: 'auto', predictions: 200 }, start, present);
    expect(many.kind).toBe('tensorflow');
    const { info: asked } = await startChosenRuntime({ choice: 'tensorflow', predictions: 1 }, start, present);
    expect(asked.kind).toBe('tensorflow');
  });

  it('takes WebAssembly where native TensorFlow is not set up, and says so', async () => {
    const { info } = await startChosenRuntime({ choice: 'auto' }, start, missing);
    expect(info).toMatchObject({ kind: 'wasm', why: missing() });
  });

  it.each(['RUNTIME_UNAVAILABLE', 'RUNTIME_CRASHED'] as const)(
    'takes WebAssembly when native TensorFlow fails with %s, and says why',
    async (code) => {
      const { info } = await startChosenRuntime({ choice: 'auto' }, startOnlyWasm(code), present);
      expect(info).toMatchObject({
        kind: 'wasm',
        why: 'native TensorFlow does not run: it ended with exit code 132',
      });
    },
  );

  it('does not hide a damaged model behind the other runtime', async () => {
    const started = startChosenRuntime({ choice: 'auto' }, startOnlyWasm('MODEL_CHECKSUM'), present);
    await expect(started).rejects.toMatchObject({ code: 'MODEL_CHECKSUM' });
  });

  it('takes WebAssembly when asked for, although native TensorFlow is there', async () => {
    const { info } = await startChosenRuntime({ choice: 'wasm' }, start, present);
    expect(info).toMatchObject({ kind: 'wasm', why: 'WebAssembly was asked for' });
  });

  it.each([
    ['not set up', start, missing],
    ['broken', startOnlyWasm('RUNTIME_CRASHED'), present],
  ])('refuses native TensorFlow that was asked for and is %s, naming the command', async (_, startOne, findMissing) => {
    const started = startChosenRuntime({ choice: 'tensorflow' }, startOne, findMissing);
    await expect(started).rejects.toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
      message: expect.stringContaining('npm run setup') as string,
    });
  });
});
