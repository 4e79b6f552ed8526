import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { autoGamma } from '@evenlight/trainer/src/evaluation/auto-gamma.ts';
import { meanInterval } from '@evenlight/trainer/src/evaluation/statistics.ts';
import { readPairs } from '@evenlight/trainer/src/evaluation/pairs.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-pairs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function pairs(csv: string): ReturnType<typeof readPairs> {
  const file = path.join(folder, 'pairs.csv');
  await writeFile(file, csv);
  return readPairs(file);
}

describe('lists of pairs', () => {
  it('name a set, an input and a reference relative to the file', async () => {
    expect(await pairs('set,input,reference\na,x/in.png,x/ref.png\n')).toEqual([
      { set: 'a', input: path.join(folder, 'x/in.png'), reference: path.join(folder, 'x/ref.png') },
    ]);
  });

  it('may give several exposures of one reference, each a set of its own', async () => {
    const got = await pairs('set,id,inputs,reference\ns,1,1-under.jpg 1-over.jpg,1-reference.jpg\n');
    expect(got.map((pair) => pair.set)).toEqual(['s-under', 's-over']);
  });

  it('without the columns say which there are', async () => {
    await expect(pairs('name,photo\na,b\n')).rejects.toThrow(/has the columns 'name,photo'/);
  });

  it('that are empty or missing are refused', async () => {
    await expect(pairs('set,input,reference\n')).rejects.toMatchObject({ code: 'BAD_DATASET' });
    await expect(readPairs(path.join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'BAD_DATASET' });
  });
});

describe('auto-gamma', () => {
  it('brings the mean to 0.46', () => {
    const codes = Uint8Array.from({ length: 3000 }, (_, i) => (100 * i) / 3000);
    const out = autoGamma(codes);
    expect(out.reduce((sum, value) => sum + value, 0) / out.length).toBeCloseTo(0.46, 2);
  });
});

describe('bootstrap intervals', () => {
  it('hold the mean, and shrink with more values', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 10);
    const few = meanInterval(values.slice(0, 20));
    const many = meanInterval(values);
    expect(many.mean).toBe(4.5);
    expect(many.low).toBeLessThan(4.5);
    expect(many.high).toBeGreaterThan(4.5);
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });
});
