import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCheckpoint, writeCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { meanCheckpoint } from '@evenlight/trainer/src/training/mean-checkpoint.ts';
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

describe('the mean of checkpoints', () => {
  it('has the mean of their averaged weights; one that is named twice counts twice', async () => {
    const first = await checkpointOf('first.ckpt', [1, -2, 0.5]);
    const second = await checkpointOf('second.ckpt', [3, 2, 0]);
    expect([...(await meanCheckpoint([first, second])).state.average]).toEqual([2, 0, 0.25]);
    expect([...(await meanCheckpoint([second, first, first, second])).state.parameters]).toEqual([2, 0, 0.25]);
    expect([...(await meanCheckpoint([second, second, second, first])).state.average]).toEqual([2.5, 1, 0.125]);
  });

  it('belongs to no run', async () => {
    const first = await checkpointOf('own.ckpt', [1, 2, 3]);
    expect((await meanCheckpoint([first])).header.run).not.toBe('x');
  });

  it('was trained on what all of them were', async () => {
    const of = async (name: string, picture: string): Promise<string> => {
      const file = await checkpointOf(name, [1]);
      const checkpoint = await readCheckpoint(file);
      const pictures = [{ file: picture, author: '', licence: 'CC0-1.0', source: '' }];
      const header = { ...checkpoint.header, made: { runFile: {}, data: { named: ['photos'], pictures } } };
      await writeCheckpoint(file, { ...checkpoint, header });
      return file;
    };
    const { header } = await meanCheckpoint([await of('a.ckpt', 'a.jpg'), await of('b.ckpt', 'b.jpg')]);
    expect(header.made?.data.pictures.map(({ file }) => file)).toEqual(['a.jpg', 'b.jpg']);
    expect(header.made?.data.named).toEqual(['photos']);
  });

  it('is refused without a checkpoint, and where none says which network a shipped model is', async () => {
    await expect(meanCheckpoint([folder])).rejects.toThrow(/needs at least one checkpoint/);
    const silent = await checkpointOf('silent.ckpt', [1]);
    await expect(meanCheckpoint([silent, folder])).rejects.toThrow(/says which network it is/);
  });

  it('is refused when one of them is of another network', async () => {
    const first = await checkpointOf('right.ckpt', [1, 2, 3]);
    const second = await checkpointOf('wrong.ckpt', [1, 2]);
    await expect(meanCheckpoint([first, second])).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringContaining('2 parameters') as string,
    });
  });
});
