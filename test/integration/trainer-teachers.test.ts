import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Batch, batchShape, makeBatch } from '@evenlight/trainer/src/pipeline/batch.ts';
import { PairMaker } from '@evenlight/trainer/src/pipeline/pair-maker.ts';
import { parseRunFile, type RunFile } from '@evenlight/trainer/src/run-file.ts';
import { useNativeTensorflow } from '@evenlight/trainer/src/tensorflow.ts';
import { readCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { Teachers } from '@evenlight/trainer/src/training/teachers.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sources, tinyRun, trainTiny, type Watch } from '../fixtures/train-tiny.ts';

beforeAll(useNativeTensorflow);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-teachers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function runTraining(run: RunFile, out: string, watch?: Watch): Promise<Float32Array> {
  return trainTiny(run, path.join(folder, out), watch);
}

describe('training with teachers', () => {
  /** Pairs with other operations than those of {@link tinyRun}, which make inputs too dark. */
  function runOf(steps: number, input: readonly unknown[]): RunFile {
    return parseRunFile({ ...tinyRun(steps), pairs: [{ share: 1, source: 'photo', target: [], input }] }, 'other.json');
  }

  async function batchOf(run: RunFile): Promise<Batch> {
    return makeBatch(new PairMaker(run, sources()), 77, batchShape(run));
  }

  const distance = (a: tf.Tensor, b: tf.Tensor): number => a.sub(b).abs().mean().dataSync<'float32'>()[0]!;

  it('answers as the one does in pictures and as the other does in its gate, whatever the pairs ask for', async () => {
    await runTraining(runOf(80, [{ op: 'camera', ev: [1, 2] }]), 'darkens');
    await runTraining(runOf(60, []), 'never-opens');
    const [picture, gate] = ['darkens', 'never-opens'].map((name) => path.join(folder, name, 'last.ckpt')) as [
      string,
      string,
    ];
    const run = tinyRun(120, { decaySteps: 100 });
    run.training.loss.gate = 1;
    await runTraining(run, 'student', { teachers: { picture, gates: [gate] } });
    const batch = await batchOf(run);
    const lesson = (await Teachers.load(run, { picture, gates: [gate] })).teach(batch);
    const student = path.join(folder, 'student', 'last.ckpt');
    const learned = (await Teachers.load(run, { picture: student, gates: [student] })).teach(batch);
    const asked = tf.tensor4d(batch.target, lesson.target!.shape);
    expect(distance(learned.target!, lesson.target!)).toBeLessThan(0.3 * distance(learned.target!, asked));
    const own = (await Teachers.load(run, { gates: [picture] })).teach(batch);
    expect(distance(learned.gateGoal!, lesson.gateGoal!)).toBeLessThan(
      0.3 * distance(learned.gateGoal!, own.gateGoal!),
    );
  });

  it('learns from the pairs what no teacher is named for', async () => {
    await runTraining(tinyRun(1), 'teacher');
    const teacher = path.join(folder, 'teacher', 'last.ckpt');
    const run = tinyRun(1);
    const batch = await batchOf(run);
    expect(Object.keys((await Teachers.load(run, { picture: teacher })).teach(batch))).toEqual(['target']);
    expect(Object.keys((await Teachers.load(run, { gates: [teacher] })).teach(batch))).toEqual(['gateGoal']);
  });

  it('asks several gates for the mean of their log-odds', async () => {
    const run = tinyRun(1);
    await runTraining(runOf(60, []), 'never-opens');
    await runTraining(runOf(1, []), 'unsure');
    const gates = ['never-opens', 'unsure'].map((name) => path.join(folder, name, 'last.ckpt'));
    const batch = await batchOf(run);
    const goal = async (files: readonly string[]): Promise<number> =>
      (await Teachers.load(run, { gates: files })).teach(batch).gateGoal!.dataSync<'float32'>()[0]!;
    const odds = (probability: number): number => Math.log(probability / (1 - probability));
    const [one, other, both] = [await goal([gates[0]!]), await goal([gates[1]!]), await goal(gates)];
    expect(Math.abs(odds(one) - odds(other))).toBeGreaterThan(1);
    expect(odds(both)).toBeCloseTo((odds(one) + odds(other)) / 2, 2);
  });

  it('is remembered by its checkpoints, which no run without them goes on from', async () => {
    await runTraining(tinyRun(1), 'teacher');
    const teachers = { gates: [path.join(folder, 'teacher', 'last.ckpt')] };
    await runTraining(tinyRun(2), 'taught', { teachers, stopAt: 1 });
    const { header } = await readCheckpoint(path.join(folder, 'taught', 'last.ckpt'));
    expect(header.made?.teachers).toEqual(teachers);
    await expect(runTraining(tinyRun(2), 'taught')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
    await expect(runTraining(tinyRun(2), 'taught', { teachers })).resolves.toBeDefined();
  });

  it('is refused by a network without a gate, and when a teacher is another network', async () => {
    await runTraining(tinyRun(1), 'teacher');
    const picture = path.join(folder, 'teacher', 'last.ckpt');
    const run = tinyRun(1);
    const other = (changes: object): RunFile => ({
      ...run,
      network: { ...run.network, ...changes },
    });
    await expect(Teachers.load(other({ gate: false }), { picture })).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(Teachers.load(other({ gridDepth: 8 }), { picture })).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
  });
});
