import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assignSplits } from '@evenlight/trainer/src/dataset/split.ts';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runTrainer, type TrainerRun } from '../fixtures/run-trainer.ts';
import { makeTinyCollection, tinyRunJson } from '../fixtures/tiny-training.ts';

/** Processes that load TensorFlow, on a machine that may be busy. */
const TIMEOUT_MS = 600_000;

let root: string;
let runFile: string;
let collection: string;
let photos: string[];
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'evenlight-predict-'));
  collection = path.join(root, 'collection');
  photos = await makeTinyCollection(collection);
  runFile = path.join(root, 'tiny.json');
  await writeFile(runFile, JSON.stringify(tinyRunJson({ steps: 60 })));
  const trained = await runTrainer('train', [runFile, '--data', collection, '--out', path.join(root, 'trained')]);
  expect(trained.code, trained.errors.join('\n')).toBe(0);
}, TIMEOUT_MS);
afterAll(() => rm(root, { recursive: true, force: true }));

let out: string;
beforeEach(async () => {
  out = await mkdtemp(path.join(root, 'out-'));
});

function runPredict(...args: readonly string[]): Promise<TrainerRun> {
  const checkpoint = ['--checkpoint', path.join(root, 'trained', 'last.ckpt')];
  return runTrainer('predict', [runFile, '--data', collection, ...checkpoint, '--out', out, ...args]);
}

/** Names of the photographs that the collection keeps for prediction. */
function keptNames(): string[] {
  const splits = assignSplits(
    photos.map((photo) => path.relative(collection, photo).replace(/\.[^.]+$/, '')),
    5,
  );
  return photos.filter((_, i) => splits[i] === 'predict').map((photo) => path.parse(photo).name);
}

async function digests(files: readonly string[]): Promise<string[]> {
  return Promise.all(
    files.map(async (file) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ),
  );
}

describe('npm run predict', () => {
  it(
    'writes before, after and target of the predict split alone, with scores, and touches no photograph',
    async () => {
      const before = await digests(photos);
      const { code, stdout, errors } = await runPredict();
      expect(code, errors.join('\n')).toBe(0);
      const kept = keptNames();
      expect(kept.length).toBeGreaterThan(0);
      const names = kept.map((name, i) => `${String(i + 1).padStart(4, '0')}-${name}`);
      const pictures = names.flatMap((name) => ['after', 'before', 'target'].map((role) => `${name}-${role}.png`));
      expect((await readdir(out)).sort()).toEqual([...pictures, 'predictions.csv'].sort());
      expect(await sharp(path.join(out, pictures[0]!)).metadata()).toMatchObject({
        width: 96,
        height: 64,
        format: 'png',
      });
      const rows = parse<Record<string, string>>(await readFile(path.join(out, 'predictions.csv')), { columns: true });
      const mean = (column: string): number => rows.reduce((sum, row) => sum + Number(row[column]), 0) / rows.length;
      expect(mean('after_psnr')).toBeGreaterThan(mean('before_psnr'));
      expect(stdout).toContain(`${kept.length} photographs`);
      expect(stdout).toContain(`after ${mean('after_psnr').toFixed(2)} dB`);
      expect(await digests(photos)).toEqual(before);
    },
    TIMEOUT_MS,
  );

  it(
    'predicts on photographs as they are, as JPEG',
    async () => {
      const { code } = await runPredict('--no-degrade', '--format', 'jpeg');
      expect(code).toBe(0);
      const files = (await readdir(out)).filter((name) => name !== 'predictions.csv');
      expect(files.map((name) => name.replace(/^.*-/, '')).sort()).toEqual(
        keptNames()
          .flatMap(() => ['after.jpg', 'before.jpg'])
          .sort(),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'refuses to write among the photographs, for a model of unknown training, and where a file cannot be written, each in one line',
    async () => {
      const inside = await runTrainer('predict', [
        runFile,
        '--data',
        collection,
        '--out',
        path.join(collection, 'new'),
      ]);
      expect(inside).toMatchObject({
        code: 1,
        errors: [expect.stringMatching(/^predict: --out .* lies in the data set/)],
      });
      const unknown = await runTrainer('predict', ['nobody', '--data', collection, '--out', out]);
      expect(unknown).toMatchObject({ code: 1, errors: [expect.stringMatching(/no .*nobody\.json/)] });
      const first = `0001-${keptNames()[0]!}-before.png`;
      await mkdir(path.join(out, first));
      const blocked = await runPredict();
      expect(blocked).toMatchObject({ code: 1, errors: [expect.stringMatching(/^predict: cannot write .*EISDIR/)] });
      expect(await readdir(out)).toEqual([first]);
      expect((await readdir(collection)).sort()).toEqual(['manifest.csv', 'photos']);
    },
    TIMEOUT_MS,
  );
});
