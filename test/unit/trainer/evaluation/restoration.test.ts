import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Correction } from '@evenlight/models';
import { useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { measureBanding, gradientCodes } from '@evenlight/trainer/src/evaluation/restoration/banding.ts';
import { none } from '@evenlight/trainer/src/evaluation/restoration/cleaner.ts';
import { compareJoint, matched } from '@evenlight/trainer/src/evaluation/restoration/compare-joint.ts';
import { evaluateRestoration } from '@evenlight/trainer/src/evaluation/restoration/evaluate-restoration.ts';
import { measureDetail } from '@evenlight/trainer/src/evaluation/restoration/measure-detail.ts';
import { networkCleaners } from '@evenlight/trainer/src/evaluation/restoration/network-cleaner.ts';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniformCorrection } from '../../models/pictures.ts';

const SIDE = 64;
let folder: string;
let file: string;

beforeAll(async () => {
  await useTfjsWasm();
  folder = await mkdtemp(path.join(os.tmpdir(), 'evenlight-ramp-'));
  file = path.join(folder, 'ramp.png');
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => 60 + 2 * (Math.floor(i / 3) % SIDE));
  await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } }).toFile(file);
});

afterAll(() => rm(folder, { recursive: true }));

/** Answers with the same residual everywhere, in 8-bit codes. */
function answering(codes: number): tfl.LayersModel {
  const input = tfl.input({ shape: [null, null, 4] });
  const layer = tfl.layers.conv2d({ filters: 3, kernelSize: 1, padding: 'same' });
  const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor });
  layer.setWeights([tf.zeros([1, 1, 4, 3]), tf.fill([3], codes / 255)]);
  return model;
}

/** The part of a network's answer that reaches a lifted picture, in codes: the mean. */
async function changes(codes: number, isNoisy: boolean): Promise<Record<'automatic' | 'everywhere', number>> {
  const cleaners = networkCleaners('x', answering(codes));
  const question = { keptBack: [file], tuning: [], rivals: [], evs: [3], seed: 7 };
  const own = [cleaners.automatic, cleaners.everywhere];
  const detail = { sets: [{ set: 'ramps', files: [file] }], evs: [3], seed: 7, shownEv: 3 };
  const [shown] = isNoisy
    ? (await evaluateRestoration({ cleaners: own, ...question }))[0]!.results
    : (await measureDetail(own, detail)).shown;
  const { picture, cleaned } = shown!;
  const [automatic, everywhere] = cleaned.map((pixels) => {
    return (255 * pixels.reduce((sum, value, i) => sum + value - picture.lifted.pixels[i]!, 0)) / pixels.length;
  });
  return { automatic: automatic!, everywhere: everywhere! };
}

describe('a network that restores is measured', () => {
  it('everywhere, and as products use it: not where its answer would not be seen', async () => {
    const little = await changes(1, true);
    expect(little.everywhere).toBeGreaterThan(0.9);
    expect(little.automatic).toBe(0);
    const much = await changes(5, true);
    expect(much.everywhere).toBeGreaterThan(4.5);
    expect(much.automatic).toBeCloseTo(much.everywhere, 3);
  });

  it('automatically leaves a picture alone that has no noise', async () => {
    const { automatic, everywhere } = await changes(5, false);
    expect(everywhere).toBeGreaterThan(4.5);
    expect(automatic).toBe(0);
  });

  it('by what it changes in pictures without noise: one line for each set, lift and cleaner', async () => {
    const sets = [
      { set: 'ramps', files: [file, file] },
      { set: 'none', files: [] },
    ];
    const { everywhere } = networkCleaners('x', answering(5));
    const { scores, shown } = await measureDetail([everywhere, none], { sets, evs: [1, 3], seed: 1, shownEv: 3 });
    expect(scores.map(({ set, cleaner, ev, images }) => [set, cleaner, ev, images])).toEqual([
      ['ramps', 'x, everywhere', 1, 2],
      ['ramps', 'none', 1, 2],
      ['ramps', 'x, everywhere', 3, 2],
      ['ramps', 'none', 3, 2],
    ]);
    expect(scores.map(({ deltaE }) => deltaE > 0.5)).toEqual([true, false, true, false]);
    expect(scores[1]!.deltaE).toBe(0);
    expect(shown).toHaveLength(2);
  });
});

describe('a joint network', () => {
  it('is scored on the dark pictures, as the correction and the restoration are', async () => {
    const input = tfl.input({ shape: [null, null, 3] });
    const joint = tfl.model({ inputs: input, outputs: tfl.layers.reLU().apply(input) as tfl.SymbolicTensor });
    const correction: Correction = uniformCorrection([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    const contract = { input: { width: 32, height: 32, fit: 'inside' } } as never;
    const predictor = { contract, predict: () => correction, dispose: () => undefined };
    const scores = await compareJoint({ joint, predictor, cleaner: none, keptBack: [file], evs: [3], seed: 3 });
    const psnrOf = (name: string): number => scores.find(({ method }) => method === name)!.psnr;
    expect(psnrOf('joint')).toBe(psnrOf('as they are'));
    expect(psnrOf('exposure')).toBeCloseTo(psnrOf('as they are'), 1);
    expect(psnrOf('the true lift + restoration')).toBeGreaterThan(psnrOf('as they are') + 6);
    for (const { psnr, matchedPsnr } of scores) expect(matchedPsnr).toBeGreaterThanOrEqual(psnr - 0.01);
  });

  it('is compared without its brightness as well', () => {
    const goal = Float32Array.of(0.2, 0.4, 0.6);
    expect(matched(Float32Array.of(0.1, 0.2, 0.3), goal)).toEqual(goal);
  });
});

describe('the steps of a sky', () => {
  it('are counted along the gradient', () => {
    const pixels = Float32Array.from([10, 10, 12, 15].flatMap((code) => [0, code / 255, 1]));
    expect(gradientCodes({ width: 1, height: 4, pixels })).toEqual({ levels: 3, largestStep: 3, meanStep: 2.5 });
  });

  it('become wider when over-exposure is taken back, and no restoration changes that: nothing is lifted', async () => {
    const { everywhere } = networkCleaners('x', answering(5));
    const [sky] = await measureBanding(everywhere, [2]);
    const { overexposed, corrected, restored, target } = sky!.codes;
    expect(overexposed.levels).toBeLessThan(0.7 * target.levels);
    expect(corrected.meanStep).toBeGreaterThan(1.2);
    expect(target.largestStep).toBe(1);
    expect(restored).toEqual(corrected);
    expect(sky!.changed).toBe(0);
  });
});
