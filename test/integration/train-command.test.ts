import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../fixtures/event-reader.ts';
import { runTrainer, type TrainerOptions, type TrainerRun } from '../fixtures/run-trainer.ts';
import { makeTinyCollection, tinyRunJson } from '../fixtures/tiny-training.ts';

/** Processes that load TensorFlow, several a test, on a machine that may be busy. */
const TIMEOUT_MS = 600_000;
/** Each costs another start of TensorFlow: by chance alone there could be dozens. */
const MOST_KILLS = 5;

let root: string;
let photos: string[];
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'evenlight-train-command-'));
  photos = await makeTinyCollection(path.join(root, 'collection'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let out: string;
beforeEach(async () => {
  out = await mkdtemp(path.join(root, 'out-'));
});

interface Training extends TrainerOptions {
  readonly run?: unknown;
  readonly collection?: string;
  readonly folder?: string;
}

async function runTrain({ run = tinyRunJson(), collection, folder = out, ...options }: Training): Promise<TrainerRun> {
  const file = path.join(root, 'tiny.json');
  await writeFile(file, typeof run === 'string' ? run : JSON.stringify(run));
  const data = collection ?? path.join(root, 'collection');
  return runTrainer('train', [file, '--data', data, '--out', folder], options);
}

async function finalState(folder: string): Promise<unknown> {
  const { header, state } = await readCheckpoint(path.join(folder, 'last.ckpt'));
  return { ...state, step: header.step, best: header.best };
}

/** Kills a process without warning at the `count`-th time that something changes in its folder. */
function killAfter(count: number): NonNullable<TrainerOptions['onStart']> {
  return (child) => {
    let changes = 0;
    const watcher = watch(out, () => {
      changes++;
      if (changes === count) child.kill('SIGKILL');
    });
    child.once('close', () => {
      watcher.close();
    });
  };
}

describe('npm run train', () => {
  it(
    'killed at random moments and started again ends with the weights of an uninterrupted run, and logs every step once',
    async () => {
      const whole = path.join(root, 'whole');
      expect(await runTrain({ folder: whole })).toMatchObject({ code: 0 });
      const kills: number[] = [];
      for (let isOver = false; !isOver;) {
        // Some 150 changes make a run: files appear, grow and are renamed.
        const moment = 1 + Math.floor(40 * Math.random());
        const run = await runTrain(kills.length < MOST_KILLS ? { onStart: killAfter(moment) } : {});
        expect([0, null], `killed after ${[...kills, moment].join(', ')} changes`).toContain(run.code);
        if (run.signal === 'SIGKILL') kills.push(moment);
        else if (kills.length > 0) isOver = true;
        // It had ended before this process heard of so many changes: once more, from the beginning.
        else out = await mkdtemp(path.join(root, 'out-'));
      }
      expect(await finalState(out), `killed after ${kills.join(', ')} changes`).toEqual(await finalState(whole));
      const lines = (await readFile(path.join(out, 'log.jsonl'), 'utf8')).trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([5, 10, 15, 20, 25, 30]);
      const events = readEvents(await readFile(path.join(out, 'tensorboard', 'events.out.tfevents.run')));
      expect(events.map(({ step }) => step)).toEqual([0, 5, 10, 15, 20, 25, 30]);
    },
    TIMEOUT_MS,
  );

  it(
    'interrupted by Ctrl-C saves a checkpoint and says so',
    async () => {
      const run = tinyRunJson({ steps: 1_000_000, checkpointEverySteps: 1_000_000 });
      const interrupt: TrainerOptions['onStart'] = (child) => {
        // The log is begun when the pictures are decoded. A second Ctrl-C would end the process at once.
        const watcher = watch(out, (_, name) => {
          if (name !== 'tensorboard') return;
          watcher.close();
          child.kill('SIGINT');
        });
      };
      const { code, stdout } = await runTrain({ run, onStart: interrupt });
      expect(code).toBe(0);
      expect(stdout).toContain('tiny: interrupted; checkpoints are in');
      expect((await readCheckpoint(path.join(out, 'last.ckpt'))).header.step).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'ends with one error and without a checkpoint for a typo, an empty folder and a broken picture',
    async () => {
      const typo = { ...tinyRunJson(), sede: 1 };
      expect(await failure({ run: typo })).toMatch(/^train: .*tiny\.json: unknown key 'sede'$/);
      expect(await failure({ run: '{ "name": ' })).toMatch(/^train: .*tiny\.json: .*JSON/);
      const empty = path.join(root, 'empty');
      await mkdir(empty, { recursive: true });
      expect(await failure({ collection: empty })).toContain(empty);
      const broken = path.join(root, 'broken');
      const [first] = await makeTinyCollection(broken);
      await writeFile(first!, (await readFile(photos[0]!)).subarray(0, 100));
      expect(await failure({ collection: broken })).toMatch(/^train: .*aa\.png: cannot be decoded/);
    },
    TIMEOUT_MS,
  );

  it(
    'on a full disk ends with one error and keeps the checkpoint before',
    async () => {
      await runTrain({ run: tinyRunJson({ maxMinutes: 1e-9 }) });
      const before = await readFile(path.join(out, 'last.ckpt'));
      // No file may grow beyond two blocks of 512 bytes: every checkpoint is larger.
      const through = ['sh', '-c', 'trap "" XFSZ; ulimit -f 2; exec "$@"', 'sh'];
      const { code, errors } = await runTrain({ run: tinyRunJson({ maxMinutes: 1e-9 }), through });
      expect({ code, errors }).toMatchObject({
        code: 1,
        errors: [expect.stringMatching(/last\.ckpt.*previous checkpoint is kept/)],
      });
      expect(await readFile(path.join(out, 'last.ckpt'))).toEqual(before);
      expect((await readdir(out)).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'ends with one error when the loss is no longer a number',
    async () => {
      const run = tinyRunJson({ learningRate: 1e30, clipNorm: 1e30 });
      expect(await failure({ run })).toMatch(/^train: step \d+: loss .*lower the learning rate/);
      // What was saved before is whole.
      for (const name of (await readdir(out)).filter((file) => file.endsWith('.ckpt'))) {
        const { state } = await readCheckpoint(path.join(out, name));
        expect(state.parameters.every(Number.isFinite), name).toBe(true);
      }
    },
    TIMEOUT_MS,
  );

  async function failure(training: Training): Promise<string> {
    const { code, errors } = await runTrain(training);
    expect(code, errors.join('\n')).toBe(1);
    // One message, which may name what is known on more lines; never a stack.
    expect(errors.slice(1).filter((line) => /^(\s+at |train: )/.test(line))).toEqual([]);
    return errors[0]!;
  }
});
