import { type Batch, mirrorBatch } from '@evenlight/trainer/src/pipeline/batch.ts';
import { describe, expect, it } from 'vitest';

describe('a mirrored batch', () => {
  const pixels = Float32Array.from({ length: 2 * 2 * 2 * 3 }, (_, i) => i);
  const batch: Batch = {
    index: 7,
    input: pixels,
    target: pixels.slice(0, 6),
    wrong: Float32Array.of(1, 0),
    tooBright: Float32Array.of(0, 1),
  };
  const shape = { count: 2, size: 2, channels: 3, lossSize: 1 };

  it('has the pixels of each row the other way round, their channels as they were', () => {
    const { input, target } = mirrorBatch(batch, shape);
    expect([...input.subarray(0, 12)]).toEqual([3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]);
    expect([...input.subarray(12)]).toEqual([15, 16, 17, 12, 13, 14, 21, 22, 23, 18, 19, 20]);
    expect([...target]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('says the same of each picture, and is itself again when it is mirrored twice', () => {
    const mirrored = mirrorBatch(batch, shape);
    expect(mirrored).toMatchObject({ index: 7, wrong: batch.wrong, tooBright: batch.tooBright });
    expect(mirrorBatch(mirrored, shape)).toEqual(batch);
  });
});
