import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyToProxy, createCorrection } from '@evenlight/models';
import { loadSavedModel } from '@evenlight/trainer/src/network/saved-model.ts';
import { buildAutoencoder } from '@evenlight/trainer/src/network/autoencoder.ts';
import { batchShape, makeBatch, mirrorBatch } from '@evenlight/trainer/src/pipeline/batch.ts';
import { PairMaker } from '@evenlight/trainer/src/pipeline/pair-maker.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import { readRunFile, type RunFile } from '@evenlight/trainer/src/run-file.ts';
import { AdamW } from '@evenlight/trainer/src/training/adamw.ts';
import { readCheckpoint } from '@evenlight/trainer/src/training/checkpoint.ts';
import { sliceAndApply, TrainableGuide, whiteOf } from '@evenlight/trainer/src/network/slice.ts';
import { loadTrainedNetwork } from '@evenlight/trainer/src/training/trained-network.ts';
import { trainingLoss } from '@evenlight/trainer/src/training/loss.ts';
import { learningRateAt } from '@evenlight/trainer/src/training/schedule.ts';
import { Trainee } from '@evenlight/trainer/src/training/trainee.ts';
import { useNativeTensorflow } from '@evenlight/trainer/src/tensorflow.ts';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sources, tinyRun, trainTiny, type Watch } from '../fixtures/train-tiny.ts';

beforeAll(useNativeTensorflow);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-train-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function runTraining(run: RunFile, out: string, watch?: Watch): Promise<Float32Array> {
  return trainTiny(run, path.join(folder, out), watch);
}

describe('training', () => {
  it('stopped in the middle and resumed gives the weights of an uninterrupted run, bit for bit', async () => {
    const whole = await runTraining(tinyRun(9), 'whole');
    const half = await runTraining(tinyRun(9), 'parts', { stopAt: 4 });
    const resumed = await runTraining(tinyRun(9), 'parts');
    expect(half).not.toEqual(whole);
    expect(resumed).toEqual(whole);
  });

  it('learns to undo an exposure', async () => {
    const losses: number[] = [];
    await runTraining(tinyRun(120), 'learn', { losses });
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.5 * mean(losses.slice(0, 10)));
  });

  it('learns from each batch twice with mirrored: as it is, and left for right', async () => {
    const run = tinyRun(1, { mirrored: true });
    const trainee = new Trainee(run);
    const optimizer = new AdamW(trainee.variables, (variable) => trainee.rateOf(variable));
    const batch = await makeBatch(new PairMaker(run, sources()), 0, batchShape(run));
    const learningRate = learningRateAt(0, run.training);
    for (const seen of [batch, mirrorBatch(batch, batchShape(run))]) {
      optimizer.step(trainee.gradients(seen).grads, { ...run.training, step: 0, learningRate });
    }
    expect(await runTraining(run, 'mirrored')).toEqual(optimizer.state().parameters);
    expect(await runTraining(tinyRun(1), 'plain')).not.toEqual(optimizer.state().parameters);
  });

  it('refuses to continue a checkpoint of another run file', async () => {
    await runTraining(tinyRun(2), 'same');
    await expect(runTraining(tinyRun(3), 'same')).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' });
  });

  it('ends with one error when the loss is no longer a number, and keeps the checkpoint before it', async () => {
    const run = tinyRun(40, { learningRate: 1e30, clipNorm: 1e30, checkpointEverySteps: 1 });
    await expect(runTraining(run, 'nan')).rejects.toMatchObject({ code: 'NOT_FINITE' });
    const { state } = await readCheckpoint(path.join(folder, 'nan', 'last.ckpt'));
    expect(state.parameters.length).toBeGreaterThan(0);
    expect((await readFile(path.join(folder, 'nan', 'last.ckpt'))).length).toBeGreaterThan(0);
  });
});

/** The shipped restoration's run file, one step long. */
async function restorationRun(): Promise<RunFile> {
  const run = await readRunFile(path.join(import.meta.dirname, '..', '..', 'trainer', 'runs', 'restoration.json'));
  const pairs = run.pairs.filter(({ source }) => source === 'photo');
  const training = { ...run.training, steps: 1, batch: 1, learningRate: 1e-30, firstBatch: 0 };
  return { ...run, size: 16, lossSize: 16, crop: { whole: 0, side: [0.5, 1] }, pairs, training };
}

describe('training from a shipped model', () => {
  const models = path.join(import.meta.dirname, '..', '..', 'models');
  const shipped = path.join(models, 'exposure');
  /** A step so small that it changes nothing. */
  const still = { ...tinyRun(1, { learningRate: 1e-30, batch: 1 }), size: 256, lossSize: 64 };

  async function network(): Promise<{ run: RunFile; kernel: Float32Array; depth: number }> {
    const { network } = await readRunFile(path.join(models, '..', 'trainer', 'runs', 'exposure.json'));
    if (network.type !== 'grid') throw new Error('exposure is a grid network');
    const { weightsManifest } = JSON.parse(await readFile(path.join(shipped, 'tfjs', 'model.json'), 'utf8')) as {
      weightsManifest: [{ weights: { name: string; shape: number[] }[] }];
    };
    const bytes = await readFile(path.join(shipped, 'tfjs', 'weights.bin'));
    const all = new Float32Array(new Uint8Array(bytes).buffer);
    let at = 0;
    for (const { name, shape } of weightsManifest[0].weights) {
      const size = shape.reduce((product, side) => product * side, 1);
      if (name === 'grid/kernel')
        return { run: { ...still, network }, kernel: all.subarray(at, at + size), depth: network.gridDepth };
      at += size;
    }
    throw new Error('no grid/kernel');
  }

  it('begins at its weights', async () => {
    const { run, kernel } = await network();
    const parameters = await runTraining(run, 'same', { from: shipped });
    expect(Buffer.from(parameters.buffer).includes(Buffer.from(kernel.slice().buffer))).toBe(true);
  });

  it('trains a gate that answers with a probability, which decides as firmly as before once it is exported', async () => {
    const { run } = await network();
    const { decision } = await readRunFile(path.join(models, '..', 'trainer', 'runs', 'exposure.json'));
    const decided: RunFile = { ...run, decision };
    await runTraining(decided, 'gate', { from: shipped });
    const checkpoint = path.join(folder, 'gate', 'last.ckpt');
    const trained = await loadTrainedNetwork(decided, checkpoint);
    const probability = await loadTrainedNetwork(run, checkpoint);
    const { model } = await loadSavedModel(shipped);
    const gateOf = ({ model: own }: { model: tfl.LayersModel }): number[] =>
      own
        .getLayer('wrong')
        .getWeights()
        .flatMap((weight) => [...weight.dataSync<'float32'>()]);
    const close = gateOf({ model }).map((value): unknown => expect.closeTo(value, 4));
    expect(gateOf(trained)).toEqual(close);
    expect(gateOf(probability)[0]).toBeCloseTo(gateOf(trained)[0]! / decision!.sharpness, 5);
  });

  it('begins at the weights of one that restores', async () => {
    const restoration = path.join(models, 'restoration');
    const parameters = await runTraining(await restorationRun(), 'restoration', { from: restoration });
    const weights = await readFile(path.join(restoration, 'tfjs', 'weights.bin'));
    // Its layers come in another order; the first that is named there is one of those that are trained.
    expect(Buffer.from(parameters.buffer).includes(weights.subarray(0, 512))).toBe(true);
  });

  it('keeps every cell of the grid when the run file asks for three times the depth', async () => {
    const { run, kernel, depth } = await network();
    const deeper = { ...run, network: { ...run.network, gridDepth: 3 * depth } as RunFile['network'] };
    const parameters = Buffer.from((await runTraining(deeper, 'deeper', { from: shipped })).buffer);
    for (let z = 0; z < depth; z++) {
      // The centre of cell z lies at the centre of cell 3z + 1 of the finer grid.
      const cell = Buffer.from(kernel.slice(12 * z, 12 * z + 12).buffer);
      expect(parameters.includes(cell)).toBe(true);
    }
  });

  it('refuses another network by the layer that differs', async () => {
    await expect(runTraining(still, 'other', { from: shipped })).rejects.toMatchObject({
      code: 'BAD_CHECKPOINT',
      message: expect.stringMatching(/layer 'down1a' has 3×3×3×16/) as unknown,
    });
  });
});

describe('autoencoders of Mao et al.', () => {
  it.each([
    ['RED10', { depth: 5, skipEvery: 0 }, 298_947, 0],
    ['RED20', { depth: 10, skipEvery: 2 }, 668_227, 4],
    ['RED30', { depth: 15, skipEvery: 2 }, 1_037_507, 7],
  ])('%s has the size of its RGB variant and its skips', (_name, sizes, parameters, skips) => {
    const model = buildAutoencoder({ type: 'autoencoder', filters: 64, kernel: 3, stride: 1, ...sizes }, 1);
    expect(model.countParams()).toBe(parameters);
    // One more Add layer joins the picture itself.
    expect(model.layers.filter((layer) => layer.getClassName() === 'Add').length).toBe(skips + 1);
    model.dispose();
  });
});

describe('the loss', () => {
  const none = {
    ...{ absolute: 0, meanSquare: 0, logMeanSquare: 0, rootMeanSquare: 0, means: 0, gradients: 0, cosine: 0 },
    ...{ clippedColour: 0, clippedHue: 0, white: 0, black: 0, gate: 0, untouched: 1 },
  };
  const answers = (wrong: number, tooBright: number) => ({
    wrong: tf.tensor2d([[wrong]]),
    tooBright: tf.tensor2d([[tooBright]]),
  });
  const gray = (...values: number[]): tf.Tensor4D =>
    tf.tensor4d(
      values.flatMap((value) => [value, value, value]),
      [1, 1, values.length, 3],
    );

  it('counts how gray the cells of a grid would make white', () => {
    const grayness = tf.tensor4d([0.3, 0.3, 0.3, 0, 0, 0], [1, 1, 2, 3]);
    const loss = trainingLoss(
      { output: gray(0.2), target: gray(0.2), grayness, ...answers(1, 0) },
      { ...none, white: 2 },
    );
    expect(loss.dataSync()[0]).toBeCloseTo(2 * 0.15, 6);
  });

  it('prefers the mean of two equally likely answers with `meanSquare`', () => {
    const loss = (value: number): number => {
      const output = gray(value, value);
      const target = gray(0.2, 0.6);
      return trainingLoss({ output, target, ...answers(1, 0) }, { ...none, meanSquare: 1 }).dataSync()[0]!;
    };
    expect(loss(0.4)).toBeCloseTo(0.04, 6);
    expect(loss(0.2)).toBeCloseTo(0.08, 6);
  });

  it('asks for as many decibels of a picture with little noise as of one with a lot, with `logMeanSquare`', () => {
    const loss = (...errors: [number, number]): number => {
      const [output, target] = [errors, [0, 0]].map((values) =>
        gray(...values.map((value) => 0.5 + value)).reshape<tf.Tensor4D>([2, 1, 1, 3]),
      );
      const ones = tf.ones<tf.Rank.R2>([2, 1]);
      const inputs = { output: output!, target: target!, wrong: ones, tooBright: ones };
      return trainingLoss(inputs, { ...none, logMeanSquare: 1 }).dataSync()[0]!;
    };
    expect(loss(0.1, 0.1)).toBeCloseTo(Math.log(0.01), 2);
    expect(loss(0.2, 0.05)).toBeCloseTo(loss(0.1, 0.1), 2);
  });

  it('counts a pair that needs no change by `untouched`', () => {
    const loss = (wrong: number): number => {
      const inputs = { output: gray(0.5), target: gray(0.3), ...answers(wrong, 0) };
      return trainingLoss(inputs, { ...none, absolute: 1, untouched: 0.25 }).dataSync()[0]!;
    };
    expect(loss(1)).toBeCloseTo(0.2, 6);
    expect(loss(0)).toBeCloseTo(0.05, 6);
  });

  it('asks the gate whether the input is too bright, and whether it is too dark', () => {
    const inputs = { output: gray(0.5), target: gray(0.5) };
    const loss = (gate: number[], wrong: number, tooBright: number): number =>
      trainingLoss(
        { ...inputs, gate: tf.tensor2d([gate]), ...answers(wrong, tooBright) },
        { ...none, gate: 1 },
      ).dataSync()[0]!;
    expect(loss([0.9, 0.1], 1, 1)).toBeCloseTo(-Math.log(0.9), 4);
    expect(loss([0.9, 0.1], 1, 0)).toBeCloseTo(-Math.log(0.1), 4);
    expect(loss([0.1, 0.1], 0, 1)).toBeCloseTo(-Math.log(0.9), 4);
  });

  it('sees the colour of half-clipped pixels apart from their brightness', () => {
    const clipped = tf.tensor4d([1], [1, 1, 1, 1]);
    const target = tf.tensor4d([0.6, 0.8, 0.2], [1, 1, 1, 3]);
    const loss = (output: number[]): number =>
      trainingLoss(
        { output: tf.tensor4d(output, [1, 1, 1, 3]), target, clipped, ...answers(1, 1) },
        { ...none, clippedColour: 1 },
      ).dataSync()[0]!;
    expect(loss([0.5, 0.7, 0.1])).toBeCloseTo(0, 5);
    expect(loss([0.8, 0.6, 0.2])).toBeGreaterThan(0.05);
  });

  it('sees the hue of half-clipped pixels apart from brightness and chroma, and counts it by the chroma of the target', () => {
    const loss = (output: number[], target: number[], clipped = 1): number =>
      trainingLoss(
        {
          ...{ output: tf.tensor4d(output, [1, 1, 1, 3]), target: tf.tensor4d(target, [1, 1, 1, 3]) },
          ...{ clipped: tf.tensor4d([clipped], [1, 1, 1, 1]), ...answers(1, 1) },
        },
        { ...none, clippedHue: 1 },
      ).dataSync()[0]!;
    const green = [0.3, 0.9, 0.3];
    expect(loss([0.5, 0.7, 0.5], green)).toBeLessThan(0.01);
    const sixtyDegreesOff = loss([0.9, 0.9, 0.3], green);
    // The chroma of the target is the length of (-0.2, 0.4, -0.2), and the cosine of 60 degrees is a half.
    expect(sixtyDegreesOff).toBeCloseTo(Math.sqrt(0.24) / 2, 2);
    expect(loss([0.9, 0.9, 0.3], [0.5, 0.7, 0.5])).toBeCloseTo(sixtyDegreesOff / 3, 2);
    expect(loss([0.9, 0.9, 0.3], green, 0)).toBe(0);
  });
});

describe('the gradient of a rectifier', () => {
  it('is that of its output where the input is positive and 0 elsewhere', () => {
    const gradient = tf.grad((x) =>
      tf
        .relu(x)
        .mul(tf.tensor1d([2, 3, 5, 7]))
        .sum(),
    );
    expect([...gradient(tf.tensor1d([-1, 0, 0.5, 4])).dataSync()]).toEqual([0, 0, 5, 7]);
  });
});

describe('slicing in training', () => {
  it('says what a grid makes of white as slicing it does', () => {
    const random = new Random(9);
    const grid = tf.tensor4d(
      Array.from({ length: 5 * 12 }, () => random.uniform(-0.3, 0.3)),
      [1, 1, 1, 5 * 12],
    );
    const white = tf.ones<tf.Rank.R4>([1, 1, 1, 3]);
    const sliced = sliceAndApply(grid, white, new TrainableGuide().of(white)).dataSync();
    expect([...whiteOf(grid).dataSync()].map((value) => value.toFixed(5))).toEqual(
      [...sliced].map((value) => value.toFixed(5)),
    );
  });

  it('computes what the kernel computes', () => {
    const random = new Random(4);
    const [gridWidth, gridHeight, gridDepth, width, height] = [5, 4, 3, 16, 12];
    // Multiples of 1/4096: what a correction's canonical form keeps.
    const difference = Float32Array.from(
      { length: gridWidth * gridHeight * gridDepth * 12 },
      () => Math.round(random.uniform(-0.4, 0.4) * 4096) / 4096,
    );
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
    const coefficients = difference.map((value, i) => value + identity[i % 12]!);
    const pixels = Float32Array.from({ length: width * height * 3 }, () => random.uniform());
    const guide = new TrainableGuide();
    const correction = createCorrection({ gridWidth, gridHeight, gridDepth, coefficients, guide: guide.values() });
    const expected = applyToProxy(correction, { strength: 1, evBias: 0 }, { width, height, pixels });
    const sliced = tf.tidy(() => {
      const picture = tf.tensor4d(pixels, [1, height, width, 3]);
      const grid = tf.tensor4d(difference, [1, gridHeight, gridWidth, gridDepth * 12]);
      return tf.clipByValue(sliceAndApply(grid, picture, guide.of(picture)), 0, 1).dataSync<'float32'>();
    });
    for (const [i, value] of sliced.entries()) {
      expect(Math.abs(value - Math.min(1, Math.max(0, expected.pixels[i]!)))).toBeLessThan(2e-3);
    }
  });
});
