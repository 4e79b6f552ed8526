import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRunFile, readRunFile } from '@evenlight/trainer/src/run-file.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/photo-files.ts';

const runs = path.resolve('trainer/runs');

describe('run files', () => {
  let valid: Record<string, unknown>;
  beforeAll(async () => {
    valid = { ...(await readRunFile(path.join(runs, 'exposure.json'))) };
  });

  it.each(readdirSync(runs).filter((name) => /^[a-z0-9-]+\.json$/.test(name)))('%s is valid', async (name) => {
    expect((await readRunFile(path.join(runs, name))).name).toBe(name.replace('.json', ''));
  });

  it('for fine-tuning has the network of the shipped model, and needs pairs alone', async () => {
    const [fine, shipped] = await Promise.all(
      ['fine-tune.json', 'exposure.json'].map((name) => readRunFile(path.join(runs, name))),
    );
    expect(fine!.network).toEqual(shipped!.network);
    expect(fine!.seed).toBe(shipped!.seed);
    expect(new Set(fine!.pairs.map(({ source }) => source))).toEqual(new Set(['paired', 'photo']));
    expect(fine!.training.loss).toEqual(shipped!.training.loss);
  });

  it('for photographs alone asks for nothing else', async () => {
    const { pairs, brightFrom } = await readRunFile(path.join(runs, 'photographs.json'));
    expect(new Set(pairs.map(({ source }) => source))).toEqual(new Set(['photo']));
    // Bright photographs count as photographs.
    expect(brightFrom).toBe(1);
  });

  it('takes fields as a command line names them', async () => {
    const file = path.join(runs, 'exposure.json');
    const { training, name, pairs } = await readRunFile(file, ['training.steps=7', 'name=other', 'pairs.0.share=0.5']);
    expect([training.steps, name, pairs[0]!.share]).toEqual([7, 'other', 0.5]);
    await expect(readRunFile(file, ['training.stepz=7'])).rejects.toThrow(/unknown key 'stepz'/);
    await expect(readRunFile(file, ['train.steps=7'])).rejects.toThrow(/no field 'train\.steps'/);
    await expect(readRunFile(file, ['steps'])).rejects.toThrow(/--set steps: expected field=value/);
  });

  it('says what a value should be', () => {
    const training = { ...(valid['training'] as object), batch: 0 };
    expect(() => parseRunFile({ ...valid, training }, 'x.json')).toThrow(/training\.batch': Too small: expected .*1/);
  });

  it('for the joint network has the pairs of the restoration, and a network of its own', async () => {
    const [joint, restoration] = await Promise.all(
      ['joint', 'restoration'].map((name) => readRunFile(path.join(runs, `${name}.json`))),
    );
    expect(joint!.pairs).toEqual(restoration!.pairs);
    expect(joint!.network.type).toBe('autoencoder');
    expect(joint!.network).not.toHaveProperty('levels');
    expect(joint!.training.batch).toBe(restoration!.training.batch);
  });

  it('that stands on itself, or on nothing, is refused', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'round.json');
    await writeFile(file, '{ "base": "round.json" }');
    await expect(readRunFile(file)).rejects.toThrow(/round\.json: the chain of bases has no end/);
    await writeFile(file, '{ "base": 3 }');
    await expect(readRunFile(file)).rejects.toThrow(/'base' is 3, expected a file/);
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
