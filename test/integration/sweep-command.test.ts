import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runTrainer, type TrainerOptions, type TrainerRun } from '../fixtures/run-trainer.ts';
import { makeTinyCollection, tinyRunJson } from '../fixtures/tiny-training.ts';

/** Processes that load TensorFlow, on a machine that may be busy. */
const TIMEOUT_MS = 600_000;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'evenlight-sweep-command-'));
  await makeTinyCollection(path.join(root, 'collection'));
  await writeFile(path.join(root, 'tiny.json'), JSON.stringify(tinyRunJson({ steps: 10 })));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let out: string;
beforeEach(async () => {
  out = await mkdtemp(path.join(root, 'out-'));
});

const depth = { fields: ['network.depth'], values: [1, 2] };

async function runSweep(axes: readonly unknown[], options: TrainerOptions = {}): Promise<TrainerRun> {
  const file = path.join(root, 'sweep.json');
  await writeFile(file, JSON.stringify({ name: 'depth', run: 'tiny.json', search: { type: 'grid' }, axes }));
  return runTrainer('sweep', [file, '--data', path.join(root, 'collection'), '--out', out], options);
}

async function rows(): Promise<Record<string, string>[]> {
  return parse<Record<string, string>>(await readFile(path.join(out, 'results.csv')), { columns: true });
}

describe('npm run sweep', () => {
  it(
    'interrupted goes on where it was, and runs no trial twice',
    async () => {
      await mkdir(path.join(out, 'depth=2'));
      const interrupt: TrainerOptions['onStart'] = (child) => {
        const watcher = watch(path.join(out, 'depth=2'), (_, name) => {
          if (name !== 'last.ckpt') return;
          watcher.close();
          child.kill('SIGINT');
        });
      };
      const first = await runSweep([depth], { onStart: interrupt });
      expect(first.stdout).toMatch(/interrupted after 1 of 2 trials|finished 2 of 2 trials/);
      const done = path.join(out, 'depth=1', 'result.json');
      const { mtimeMs } = await stat(done);
      const second = await runSweep([depth]);
      expect(second).toMatchObject({ code: 0 });
      expect(second.stdout).toContain('depth: finished 2 of 2 trials');
      expect((await stat(done)).mtimeMs).toBe(mtimeMs);
      expect((await rows()).map(({ trial, status }) => [trial, status])).toEqual([
        ['depth=1', 'finished'],
        ['depth=2', 'finished'],
      ]);
      for (const { psnr, identity_psnr } of await rows()) expect(Number(psnr)).toBeGreaterThan(Number(identity_psnr));
      // A larger grid keeps what it has.
      const third = await runSweep([{ ...depth, values: [1, 2, 3] }]);
      expect(third.stdout).toContain('finished 3 of 3 trials');
      expect((await stat(done)).mtimeMs).toBe(mtimeMs);
      expect((await readdir(out)).sort()).toEqual([
        'curves.svg',
        'depth=1',
        'depth=2',
        'depth=3',
        'results.csv',
        'results.md',
        'results.svg',
      ]);
      const { header } = await readCheckpoint(path.join(out, 'depth=3', 'last.ckpt'));
      expect(header.step).toBe(10);
    },
    TIMEOUT_MS,
  );

  it(
    'scores trials of every batch size on the same pairs, and counts a trial that diverges',
    async () => {
      const rate = { fields: ['training.learningRate', 'training.clipNorm'], label: 'rate', values: [0, 1e30] };
      const batch = { fields: ['training.batch'], values: [2, 4] };
      // A learning rate of nothing at all is refused before anything runs.
      const { code, errors } = await runSweep([rate, batch]);
      expect({ code, errors }).toMatchObject({ code: 1, errors: [expect.stringContaining('training.learningRate')] });
      expect(await readdir(out)).toEqual([]);
      const sweep = await runSweep([{ ...rate, values: [1e-12, 1e30] }, batch]);
      expect(sweep.code).toBe(0);
      const [one, two, ...diverged] = await rows();
      // Weights that hardly moved leave the pictures as they are: both batch sizes show the pairs' own mean.
      expect(Number(one!['psnr'])).toBeCloseTo(Number(one!['identity_psnr']), 2);
      expect(two!['psnr']).toBe(one!['psnr']);
      expect(diverged.map(({ status, psnr }) => [status, psnr])).toEqual([
        ['diverged', ''],
        ['diverged', ''],
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'does not mix the results of another run file in',
    async () => {
      await mkdir(path.join(out, 'depth=1'));
      await writeFile(path.join(out, 'depth=1', 'result.json'), '{"run": "half a res');
      const { code, errors } = await runSweep([depth]);
      expect({ code, errors }).toMatchObject({ code: 1, errors: [expect.stringMatching(/is not a trial's result/)] });
    },
    TIMEOUT_MS,
  );
});
