import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeCheckpoint } from '@evenlight/trainer';
import { meanWeights } from '@evenlight/trainer/src/training/mean-weights.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-mean-weights-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function checkpointOf(name: string, average: readonly number[]): Promise<string> {
  const file = path.join(folder, name);
  const zeros = new Float32Array(average.length);
  const header = { version: 1 as const, run: 'x', step: 1, best: null, validationsSinceBest: 0, elapsedSeconds: 1 };
  await writeCheckpoint(file, {
    header: { ...header, parameters: average.length },
    state: { parameters: zeros, firstMoment: zeros, secondMoment: zeros, average: Float32Array.from(average) },
  });
  return file;
}

describe('the weights that training begins from', () => {
  it('are the averaged weights of a checkpoint, or the mean of those of several', async () => {
    const first = await checkpointOf('first.ckpt', [1, -2, 0.5]);
    const second = await checkpointOf('second.ckpt', [3, 2, 0]);
    expect([...(await meanWeights([first], 3))]).toEqual([1, -2, 0.5]);
    expect([...(await meanWeights([first, second], 3))]).toEqual([2, 0, 0.25]);
  });

  it('are refused when one of them belongs to another network', async () => {
    const first = await checkpointOf('right.ckpt', [1, 2, 3]);
    const second = await checkpointOf('wrong.ckpt', [1, 2]);
    await expect(meanWeights([first, second], 3)).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('2 parameters') as string,
    });
  });
});
