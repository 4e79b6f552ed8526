import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Batch, batchShape, makeBatch } from '@evenlight/trainer/src/pipeline/batch.ts';
import { PairMaker } from '@evenlight/trainer/src/pipeline/pair-maker.ts';
import { parseRunFile, type RunFile } from '@evenlight/trainer/src/run-file.ts';
import { useNativeTensorflow } from '@evenlight/trainer/src/tensorflow.ts';
import { assignParameters } from '@evenlight/trainer/src/training/adamw.ts';
import { readCheckpoint, writeCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { initialWeights } from '@evenlight/trainer/src/training/initial-weights.ts';
import { type JoinedFiles, joinNetworks } from '@evenlight/trainer/src/training/join-networks.ts';
import { Trainee } from '@evenlight/trainer/src/training/trainee.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sources, tinyRun, trainTiny, type Watch } from '../fixtures/train-tiny.ts';

beforeAll(useNativeTensorflow);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-own-gate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name, 'last.ckpt');

function runTraining(run: RunFile, out: string, watch?: Watch): Promise<Float32Array> {
  return trainTiny(run, path.join(folder, out), watch);
}

/** Four levels, the first two of which a gate of its own shares; the last two it may have for itself. */
function runOf(steps: number, { gateLevels, frozenLevels }: { gateLevels?: number; frozenLevels?: number } = {}) {
  const run = tinyRun(steps, { ...(frozenLevels && { frozenLevels }) });
  const network = { type: 'grid', widths: [4, 6, 8, 8], upLevels: 2, gridDepth: 4, gate: true, counts: true };
  return parseRunFile({ ...run, network: { ...network, ...(gateLevels && { gateLevels }) } }, 'tiny.json');
}

interface Answers {
  readonly picture: Float32Array;
  readonly gate: Float32Array;
}

/** What a network with the weights of `file` makes of the same batch of pairs. */
async function answersOf(run: RunFile, file: string): Promise<Answers> {
  const trainee = new Trainee(run);
  const parameters = await initialWeights(file, trainee);
  const batch: Batch = await makeBatch(new PairMaker(tinyRun(1), sources()), 77, batchShape(run));
  return tf.tidy(() => {
    assignParameters(trainee.variables, tf.tensor1d(parameters));
    const { picture, gate } = trainee.answers(batch);
    return { picture: picture.dataSync<'float32'>().slice(), gate: gate.dataSync<'float32'>().slice() };
  });
}

function expectNear(got: Float32Array, wanted: Float32Array): void {
  expect(largestDifference(got, wanted)).toBeLessThan(1e-5);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

describe('a gate with levels of its own', () => {
  it('begins as the gate of a network that shares them', async () => {
    await runTraining(runOf(6), 'shared');
    const [own, shared] = [
      await answersOf(runOf(1, { gateLevels: 2 }), at('shared')),
      await answersOf(runOf(1), at('shared')),
    ];
    expectNear(own.gate, shared.gate);
    expectNear(own.picture, shared.picture);
  });

  it('learns alone, without a change to the pictures', async () => {
    await runTraining(runOf(6), 'shared');
    const run = runOf(6, { gateLevels: 2 });
    await runTraining({ ...run, training: { ...run.training, gateAlone: true } }, 'gate', { from: at('shared') });
    const [before, after] = [await answersOf(run, at('shared')), await answersOf(run, at('gate'))];
    expectNear(after.picture, before.picture);
    expect(largestDifference(after.gate, before.gate)).toBeGreaterThan(0.01);
  });

  it.each([
    { changes: { counts: false }, why: 'counts' },
    { changes: { gate: false }, why: 'gate' },
    { changes: { gateLevels: 5 }, why: 'no more levels' },
  ])('is refused with $changes', ({ changes, why }) => {
    const run = runOf(1, { gateLevels: 2 });
    const parse = (): RunFile => parseRunFile({ ...run, network: { ...run.network, ...changes } }, 'tiny.json');
    expect(parse).toThrow(why);
  });
});

describe('training a gate alone', () => {
  it('is refused without a gate, and without a term for it', () => {
    const run = tinyRun(1, { gateAlone: true });
    const withoutGate = { ...run, network: { ...run.network, gate: false } };
    const withoutTerm = { ...run, training: { ...run.training, loss: { ...run.training.loss, gate: 0 } } };
    for (const bad of [withoutGate, withoutTerm]) expect(() => parseRunFile(bad, 'tiny.json')).toThrow('gateAlone');
  });
});

describe('frozen levels', () => {
  it('keep their weights exactly, and the others do not', async () => {
    const start = await runTraining(runOf(3), 'start');
    const end = await runTraining(runOf(4, { frozenLevels: 2 }), 'end', { from: at('start') });
    const { average } = (await readCheckpoint(at('start'))).state;
    const trainee = new Trainee(runOf(1));
    let from = 0;
    const changed = new Set<string>();
    for (const variable of trainee.variables) {
      const layer = variable.name.split('/', 1)[0]!;
      const moved = largestDifference(
        end.subarray(from, from + variable.size),
        average.subarray(from, from + variable.size),
      );
      if (moved > 0) changed.add(layer);
      from += variable.size;
    }
    expect(end.length).toBe(start.length);
    expect([...changed].filter((layer) => /^down[12]/.test(layer))).toEqual([]);
    expect([...changed]).toEqual(expect.arrayContaining(['down3a', 'down4b', 'global1', 'counts', 'up1a', 'wrong']));
  });
});

describe('joining two networks', () => {
  const joined = (): string => path.join(folder, 'joined.ckpt');

  /** Joins them in {@link joined}, and says how far apart what both share was. */
  async function join(gateLevels: number, files: JoinedFiles): Promise<number> {
    const { checkpoint, distance } = await joinNetworks(runOf(1, { gateLevels }), files);
    await writeCheckpoint(joined(), checkpoint);
    return distance;
  }

  it('takes the gate of the one and the pictures of the other', async () => {
    await runTraining(runOf(5), 'pictures');
    await runTraining(runOf(8, { frozenLevels: 2 }), 'gate', { from: at('pictures') });
    const run = runOf(1, { gateLevels: 2 });
    expect(await join(2, { pictures: at('pictures'), gate: at('gate') })).toBeLessThan(1e-6);
    const [both, pictures, gate] = [
      await answersOf(run, joined()),
      await answersOf(runOf(1), at('pictures')),
      await answersOf(runOf(1), at('gate')),
    ];
    expectNear(both.picture, pictures.picture);
    expectNear(both.gate, gate.gate);
    expect(largestDifference(pictures.gate, gate.gate)).toBeGreaterThan(1e-3);
    expect(largestDifference(pictures.picture, gate.picture)).toBeGreaterThan(1e-3);
    // Joined networks are joined again: a better gate takes the place of the one that is there.
    await join(2, { pictures: joined(), gate: at('pictures') });
    expectNear((await answersOf(run, joined())).gate, pictures.gate);
  });

  it('needs nothing in common where the gate has an encoder for itself', async () => {
    await runTraining(runOf(3), 'pictures');
    await runTraining({ ...runOf(6), seed: 6 }, 'gate');
    const run = runOf(1, { gateLevels: 4 });
    expect(await join(4, { pictures: at('pictures'), gate: at('gate') })).toBe(0);
    const both = await answersOf(run, joined());
    expectNear(both.picture, (await answersOf(runOf(1), at('pictures'))).picture);
    expectNear(both.gate, (await answersOf(runOf(1), at('gate'))).gate);
  });

  it('says how far apart the levels are that the gate shares, and takes those of the pictures', async () => {
    await runTraining(runOf(2), 'pictures');
    await runTraining(runOf(6), 'gate', { from: at('pictures') });
    expect(await join(2, { pictures: at('pictures'), gate: at('gate') })).toBeGreaterThan(1e-3);
    const both = await answersOf(runOf(1, { gateLevels: 2 }), joined());
    expectNear(both.picture, (await answersOf(runOf(1), at('pictures'))).picture);
  });

  it('is refused for a run file whose gate has no levels of its own', async () => {
    await runTraining(runOf(1), 'pictures');
    const files = { pictures: at('pictures'), gate: at('pictures') };
    await expect(joinNetworks(runOf(1), files)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});
