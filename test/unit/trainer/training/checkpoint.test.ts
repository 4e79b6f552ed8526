import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function checkpoint(step: number): Checkpoint {
  const values = (offset: number): Float32Array => Float32Array.from({ length: 5 }, (_, i) => i + offset + step);
  return {
    header: { version: 1, run: 'abc', step, parameters: 5, best: null, validationsSinceBest: 0, elapsedSeconds: 1.5 },
    state: { parameters: values(0), firstMoment: values(10), secondMoment: values(20), average: values(30) },
  };
}

describe('checkpoints', () => {
  it('come back as they were written', async () => {
    const file = path.join(folder, 'last.ckpt');
    await writeCheckpoint(file, checkpoint(3));
    expect(await readCheckpoint(file)).toEqual(checkpoint(3));
  });

  it('that cannot be written leave what is there as it was and nothing half-written', async () => {
    const file = path.join(folder, 'last.ckpt');
    await mkdir(file);
    await writeFile(path.join(file, 'kept'), 'old');
    await expect(writeCheckpoint(file, checkpoint(4))).rejects.toMatchObject({
      code: 'NO_SPACE',
      message: expect.stringMatching(/^cannot write .*; the previous checkpoint is kept$/),
    });
    expect(await readFile(path.join(file, 'kept'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['last.ckpt']);
  });

  it('that are cut short or something else are refused', async () => {
    const file = path.join(folder, 'last.ckpt');
    await writeCheckpoint(file, checkpoint(3));
    await truncate(file, 100);
    await expect(readCheckpoint(file)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
    await writeFile(file, 'hello');
    await expect(readCheckpoint(file)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
  });
});
