import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelFolder } from '@evenlight/runtime/src/models/models-folder.ts';
import type { InputShape, Runtime } from '@evenlight/runtime/src/tfjs/runtime.ts';
import { makeTinyModels, type TinyModels } from '@evenlight/test/fixtures/tiny-model.ts';
import { TINY } from '@evenlight/test/fixtures/tiny-picture.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

/** Two engines sum up in different orders; 1e-4 of a coefficient is a fortieth of an 8-bit code. */
const TOLERANCE = 1e-4;
const shape: InputShape = [1, TINY.side, TINY.side, 3];

/** What every {@link Runtime} promises. To be called in a file of its own: tfjs has one current backend per process. */
export function describeRuntime(name: string, createRuntime: () => Promise<Runtime>): void {
  describe(name, () => {
    let models: TinyModels;
    let runtime: Runtime;

    beforeAll(async () => {
      models = await makeTinyModels();
      runtime = await createRuntime();
      for (const model of ['tiny-grid', 'tiny-image']) {
        await runtime.load(await readModelFolder(models.modelsFolder, model));
      }
    });
    afterAll(async () => {
      await runtime.dispose();
      await rm(models.modelsFolder, { recursive: true });
    });

    it.each(['tiny-grid', 'tiny-image'] as const)('runs %s to within 1e-4 of the reference', async (model) => {
      const { input, output } = models.references[model];
      const result = await runtime.run(model, input, shape);
      expect(result.length).toBe(output.length);
      expect(largestDifference(result, output)).toBeLessThanOrEqual(TOLERANCE);
      expect(largestDifference(output, new Float32Array(output.length))).toBeGreaterThan(0.1);
    });

    it('gives the same values for the same input, in memory that later runs leave alone', async () => {
      const { input } = models.references['tiny-grid'];
      const first = await runtime.run('tiny-grid', input, shape);
      const kept = first.slice();
      await runtime.run('tiny-grid', new Float32Array(input.length), shape);
      const second = await runtime.run('tiny-grid', input, shape);
      expect(first).toEqual(kept);
      expect(second).toEqual(kept);
    });

    it('runs an image network on any size', async () => {
      const result = await runtime.run('tiny-image', new Float32Array(16 * 24 * 3), [1, 16, 24, 3]);
      expect(result.length).toBe(16 * 24 * 3);
    });

    it('holds no tensor and no memory after a thousand predictions', async () => {
      const { input } = models.references['tiny-grid'];
      // Until the heap, the thread pool and the allocator have taken what they keep.
      for (let i = 0; i < 1000; i++) await runtime.run('tiny-grid', input, shape);
      const before = tf.memory();
      const rssBefore = process.memoryUsage().rss;
      for (let i = 0; i < 1000; i++) await runtime.run('tiny-grid', input, shape);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numBytes).toBe(before.numBytes);
      // A leaked input alone would be 12 MiB, a leaked activation 4 to 16 MiB; the rest is the garbage collector's.
      expect(process.memoryUsage().rss - rssBefore).toBeLessThan(64 * 1024 * 1024);
    });

    it('frees all tensors of a model when it is disposed of', async () => {
      const before = tf.memory().numTensors;
      const other = await createRuntime();
      await other.load(await readModelFolder(models.modelsFolder, 'tiny-grid'));
      expect(tf.memory().numTensors).toBeGreaterThan(before);
      await other.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('refuses a model that was not loaded', async () => {
      await expect(runtime.run('other', new Float32Array(3), [1, 1, 1, 3])).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
      });
    });

    it('refuses an input that does not fill its shape', async () => {
      await expect(runtime.run('tiny-grid', new Float32Array(3), shape)).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: `the input has 3 values, shape 1×${TINY.side}×${TINY.side}×3 needs ${TINY.side * TINY.side * 3}`,
      });
    });

    it('reports a shape that the network does not take', async () => {
      await expect(runtime.run('tiny-grid', new Float32Array(12), [1, 2, 2, 3])).rejects.toMatchObject({
        code: 'RUNTIME_FAILED',
      });
    });

    it.each(['tfjs/model.json', 'tfjs/weights.bin'])('refuses a model whose %s was changed', async (file) => {
      const path = join(models.modelsFolder, 'tiny-grid', file);
      const original = await readFile(path);
      onTestFinished(() => writeFile(path, original));
      const changed = Uint8Array.from(original);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      await writeFile(path, changed);
      await expect(runtime.load(await readModelFolder(models.modelsFolder, 'tiny-grid'))).rejects.toMatchObject({
        code: 'MODEL_CHECKSUM',
        message: expect.stringContaining(path) as string,
      });
    });

    it('refuses a model whose weights are missing', async () => {
      const path = join(models.modelsFolder, 'tiny-grid', 'tfjs', 'weights.bin');
      const original = await readFile(path);
      onTestFinished(() => writeFile(path, original));
      await rm(path);
      await expect(runtime.load(await readModelFolder(models.modelsFolder, 'tiny-grid'))).rejects.toMatchObject({
        code: 'MODEL_INVALID',
      });
    });
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}
