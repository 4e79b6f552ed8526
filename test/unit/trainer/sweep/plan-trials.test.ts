import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { planTrials, type Trial } from '@evenlight/trainer/src/sweep/plan-trials.ts';
import { readSweepFile } from '@evenlight/trainer/src/sweep/sweep-file.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyRunJson } from '../../../fixtures/tiny-training.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-sweep-'));
  await writeFile(path.join(folder, 'tiny.json'), JSON.stringify(tinyRunJson()));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const grid = { type: 'grid' };
const depth = { fields: ['network.depth'], values: [2, 3] };
const rate = { fields: ['training.learningRate'], low: 1e-4, high: 1e-2, scale: 'log' };

async function plan(changes: Record<string, unknown>): Promise<Trial[]> {
  const file = path.join(folder, 'sweep.json');
  await writeFile(file, JSON.stringify({ name: 'size', run: 'tiny.json', search: grid, axes: [depth], ...changes }));
  return planTrials(await readSweepFile(file));
}

describe('a grid search', () => {
  it('runs every combination, each in a folder named by its values', async () => {
    const filters = { fields: ['network.filters'], label: 'width', values: [4, 8, 16] };
    const trials = await plan({ axes: [depth, filters] });
    expect(trials.map(({ name }) => name)).toEqual([
      'depth=2,width=4',
      'depth=2,width=8',
      'depth=2,width=16',
      'depth=3,width=4',
      'depth=3,width=8',
      'depth=3,width=16',
    ]);
    expect(trials[4]!.values).toEqual([3, 8]);
    expect(trials[4]!.run.network).toMatchObject({ depth: 3, filters: 8 });
  });

  it('reaches fields in lists, and several fields at once with one value or one each', async () => {
    const share = { fields: ['pairs.0.input.0.brightness'], values: [[0.2, 0.4]] };
    const steps = { fields: ['training.steps', 'training.decaySteps'], values: [10] };
    const batch = { fields: ['training.batch', 'training.learningRate'], values: [[4, 0.002]] };
    const [{ run, name, values } = { run: undefined }] = await plan({ axes: [share, steps, batch] });
    expect(name).toMatch(/^brightness=.*,steps=10,batch=4-[0-9a-f]{8}$/);
    expect(values).toEqual([[0.2, 0.4], 10, 4]);
    expect(run?.pairs[0]!.input[0]).toMatchObject({ brightness: [0.2, 0.4] });
    expect(run?.training).toMatchObject({ steps: 10, decaySteps: 10, batch: 4, learningRate: 0.002 });
  });
});

describe('the sweeps of the repository', () => {
  const runs = path.resolve('trainer/runs');
  it.each(readdirSync(runs).filter((name) => name.endsWith('.sweep.json')))('%s can be run', async (name) => {
    const sweep = await readSweepFile(path.join(runs, name));
    expect(`${sweep.name}.sweep.json`).toBe(name);
    expect(planTrials(sweep).length).toBeGreaterThan(1);
  });
});

describe('a random search', () => {
  it('draws the same trials from the same seed, and more trials keep those before', async () => {
    const random = (trials: number, seed: number) => ({
      search: { type: 'random', trials, seed },
      axes: [depth, rate],
    });
    const five = await plan(random(5, 1));
    const ten = await plan(random(10, 1));
    expect(ten.slice(0, 5)).toEqual(five);
    expect(await plan(random(5, 2))).not.toEqual(five);
    for (const { run } of ten) {
      expect(run.training.learningRate).toBeGreaterThanOrEqual(1e-4);
      expect(run.training.learningRate).toBeLessThanOrEqual(1e-2);
    }
    // On a log scale half of the values lie below the geometric mean, 1e-3.
    const rates = (await plan(random(60, 1))).map(({ run }) => run.training.learningRate);
    expect(rates.filter((value) => value < 1e-3).length).toBeGreaterThan(20);
  });

  it('draws whole numbers where asked, and runs the same combination once', async () => {
    const axes = [{ fields: ['network.depth'], low: 1, high: 3, whole: true }];
    const trials = await plan({ search: { type: 'random', trials: 30, seed: 3 }, axes });
    expect(trials.map(({ values: [value] }) => value).sort()).toEqual([1, 2, 3]);
  });
});

describe('a sweep file', () => {
  it.each([
    [
      'a field that is not in the run file',
      { axes: [{ fields: ['netwrk.depth'], values: [1] }] },
      /no field 'netwrk\.depth'/,
    ],
    [
      'a key that is not in its schema',
      { axes: [{ fields: ['network.dept'], values: [1] }] },
      /network.*unknown key 'dept'/,
    ],
    ['an element that a list does not have', { axes: [{ fields: ['pairs.3'], values: [1] }] }, /no field 'pairs\.3'/],
    [
      'a value that does not fit',
      { axes: [{ fields: ['network.depth'], values: [2, -1] }] },
      /trial depth=-1.*network\.depth/,
    ],
    ['a typo', { serch: grid }, /unknown key 'serch'/],
    ['a typo in an axis', { axes: [{ ...depth, valeus: [1] }] }, /axes\.0.*unknown key 'valeus'/],
    ['no axes', { axes: [] }, /at 'axes'/],
    ['a range in a grid', { axes: [rate] }, /'learningRate' is a range; a grid needs 'values'/],
    [
      'a range upside down',
      { search: { type: 'random', trials: 1, seed: 1 }, axes: [{ ...rate, low: 1 }] },
      /low must be below high/,
    ],
    [
      'a list of another length',
      { axes: [{ fields: ['training.batch', 'training.steps'], values: [[1]] }] },
      /one value for each/,
    ],
    ['two axes of one name', { axes: [depth, depth] }, /give a 'label'/],
    ['a run file that is not there', { run: 'none.json' }, /none\.json.*ENOENT/],
  ])('with %s is refused in one line', async (_, changes, message) => {
    const refused = plan(changes);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_RUN_FILE' });
    await expect(refused).rejects.toThrow(message);
  });
});
