import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseRunFile, readRunFile } from '@evenlight/trainer';
import { beforeAll, describe, expect, it } from 'vitest';

const runs = path.resolve('trainer/runs');

describe('run files', () => {
  let valid: Record<string, unknown>;
  beforeAll(async () => {
    valid = { ...(await readRunFile(path.join(runs, 'exposure.json'))) };
  });

  it.each(readdirSync(runs).filter((name) => /^[a-z0-9-]+\.json$/.test(name)))('%s is valid', async (name) => {
    expect((await readRunFile(path.join(runs, name))).name).toBe(name.replace('.json', ''));
  });

  it('a key with a typo is named', () => {
    expect(() => parseRunFile({ ...valid, sede: 1 }, 'x.json')).toThrow(/x\.json: unknown key 'sede'/);
  });

  it('an operation that does not exist is refused with its place', () => {
    const pairs = [{ share: 1, source: 'photo', target: [], input: [{ op: 'sparkle' }] }];
    expect(() => parseRunFile({ ...valid, pairs }, 'x.json')).toThrow(/pairs\.0\.input\.0/);
  });

  it('a loss size that does not divide the size is refused', () => {
    expect(() => parseRunFile({ ...valid, lossSize: 60 }, 'x.json')).toThrow(/lossSize/);
  });
});
