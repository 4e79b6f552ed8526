import path from 'node:path';
import { PairMaker, type PairSources } from '@evenlight/trainer/src/pipeline/pair-maker.ts';
import { readRunFile, type RunFile } from '@evenlight/trainer/src/run-file.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyRunOf } from '../../../fixtures/tiny-run.ts';

function sources(): PairSources {
  const photo = { width: 40, height: 30, pixels: Uint8Array.from({ length: 3600 }, (_, i) => (i * 7) % 256) };
  const light = Float32Array.from({ length: 64 * 32 * 3 }, (_, i) => (i % 97) / 20);
  return { photo: [photo], lowkey: [photo], highkey: [photo], panorama: [{ width: 64, height: 32, light }] };
}

describe('pairs of the shipped run', () => {
  let run: RunFile;
  let maker: PairMaker;
  beforeAll(async () => {
    run = { ...(await readRunFile(path.resolve('trainer/runs/exposure.json'))), size: 32, lossSize: 16 };
    maker = new PairMaker(run, sources());
  });

  it('are encoded values in 0..1', async () => {
    for (let i = 0; i < 40; i++) {
      const { input, target } = await maker.make(i);
      for (const picture of [input, target]) {
        expect(picture.length).toBe(32 * 32 * 3);
        expect(picture.every((value) => value >= 0 && value <= 1.0001)).toBe(true);
      }
    }
  });

  it('follow from their number alone', async () => {
    const again = await maker.make(11);
    await maker.make(12);
    expect(await maker.make(11)).toEqual(again);
  });

  it('say how wrong the input is: 0 up to a mean difference of 0.02, 1 from 0.06 on', async () => {
    const seen = new Set<number>();
    // In a surround only the photograph counts.
    const whole = { ...run, pairs: run.pairs.filter(({ compose }) => compose === undefined) };
    const ofWhole = new PairMaker(whole, sources());
    for (let i = 0; i < 60; i++) {
      const { input, target, wrong } = await ofWhole.make(i);
      const differences = input.map((value, j) =>
        target[j]! > value && value > 0.9 ? 0 : Math.abs(value - target[j]!),
      );
      const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
      if (wrong === 0) expect(mean).toBeLessThan(0.02);
      if (wrong === 1) expect(mean).toBeGreaterThan(0.05);
      seen.add(wrong);
    }
    expect(seen).toContain(0);
    expect(seen).toContain(1);
  });
});

describe('pairs of a run file that was written long ago', () => {
  // Whoever resumes a run goes on with the same pairs: these numbers never change. Mean of input and target, one value of each.
  const expected = [
    [0.6911, 0.50517, 0.67451, 0.47634],
    [0.24433, 0.5326, 0.23792, 0.50792],
    [0.22445, 0.58934, 0.14734, 0.51958],
    [0.65728, 0.51012, 0.36863, 0.24503],
    [0.4283, 0.5087, 0.60784, 0.6982],
    [0.74092, 0.43953, 0.66526, 0.36599],
    [0.79156, 0.43913, 1, 0.55326],
    [0.18773, 0.5063, 0.07843, 0.25663],
  ];

  it('stay what they were', async () => {
    const camera = { op: 'camera', ev: [-3, 2], expand: { chance: 0.5, keep: [0.25, 0.95] } };
    const run = tinyRunOf(
      { source: 'photo', target: [{ op: 'levels' }], input: [camera, { op: 'quantise', bits: 8 }] },
      { source: 'lowkey', share: 0.5 },
      { source: 'panorama', input: [camera, { op: 'noise', chance: 1, shot: [0.01, 0.02], read: [0.01, 0.02] }] },
    );
    const maker = new PairMaker(run, sources());
    const got: number[][] = [];
    for (let i = 0; i < 8; i++) {
      const { input, target } = await maker.make(i);
      const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      got.push([mean(input), mean(target), input[100]!, target[100]!]);
    }
    expect(got).toEqual(expected.map((row) => row.map((value): unknown => expect.closeTo(value, 4))));
  });
});

describe('views of panoramas', () => {
  it('are exposed so that the mean of the target is what the run file asks for', async () => {
    for (const mean of [0.3, 0.5]) {
      const run = tinyRunOf({ source: 'panorama', viewMean: { mean, deviation: 0 } });
      const maker = new PairMaker({ ...run, size: 96, lossSize: 48 }, sources());
      for (let i = 0; i < 5; i++) {
        const { target } = await maker.make(i);
        expect(target.reduce((sum, value) => sum + value, 0) / target.length).toBeCloseTo(mean, 1);
      }
    }
  });
});

describe('parts of photographs', () => {
  /** From black at the left to white at the right, with a clipped quarter at the top. */
  const slope = (): PairSources => {
    const [width, height] = [120, 80];
    const valueAt = (x: number, y: number): number => (y < height / 4 ? 255 : Math.round((250 * x) / (width - 1)));
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
      valueAt(Math.floor(i / 3) % width, Math.floor(i / 3 / width)),
    );
    return { ...sources(), photo: [{ width, height, pixels }] };
  };
  const targets = async (part: object): Promise<Float32Array[]> => {
    const run = tinyRunOf({ source: 'photo', part });
    const maker = new PairMaker({ ...run, crop: { whole: 0, side: [0.3, 0.6] } }, slope());
    return Promise.all(Array.from({ length: 20 }, async (_, i) => (await maker.make(i)).target));
  };
  const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  it.each([
    [0.7, 0.85],
    [0.1, 0.25],
  ])('have a mean from %f to %f', async (low, high) => {
    for (const target of await targets({ mean: [low, high], maxClipped: 1 })) {
      expect(meanOf(target)).toBeGreaterThan(low - 0.02);
      expect(meanOf(target)).toBeLessThan(high + 0.02);
    }
  });

  it('are clipped no more than allowed', async () => {
    const clippedShare = (target: Float32Array): number =>
      target.filter((value) => value > 0.99).length / target.length;
    for (const target of await targets({ mean: [0.6, 0.9], maxClipped: 0 }))
      expect(clippedShare(target)).toBeLessThan(0.03);
    const free = await targets({ mean: [0.6, 0.9] });
    expect(free.some((target) => clippedShare(target) > 0.1)).toBe(true);
  });
});

describe('oversampled pairs', () => {
  /** Black and white stripes of a pixel each: their mean is 0.5, and brighter by a stop still 0.5, if they are averaged afterwards. */
  const stripes = (): PairSources => {
    const photo = { width: 32, height: 32, pixels: Uint8Array.from({ length: 3072 }, (_, i) => (i % 6 < 3 ? 0 : 255)) };
    return { ...sources(), photo: [photo] };
  };
  const inputOf = async (oversampling: number): Promise<Float32Array> => {
    const brighter = { op: 'contrast-brightness', contrast: [1, 1], brightness: [2, 2] };
    const run = tinyRunOf({ source: 'photo', input: [brighter] });
    const maker = new PairMaker({ ...run, oversampling, crop: { whole: 1, side: [1, 1] } }, stripes());
    return (await maker.make(0)).input;
  };

  it('are degraded before they are averaged, as photographs are', async () => {
    expect(new Set(await inputOf(2))).toEqual(new Set([0.5]));
    expect(new Set(await inputOf(1))).toEqual(new Set([1]));
  });

  it('have the same size, and their surround has, too', async () => {
    const run = tinyRunOf({ source: 'photo', compose: { kind: 'frame', degrade: 'inside' } });
    const { input, target } = await new PairMaker({ ...run, oversampling: 3 }, sources()).make(4);
    expect([input.length, target.length]).toEqual([768, 768]);
  });
});

describe('soft crops', () => {
  /** How rough targets are: the mean difference between neighbours, over all pairs. */
  const roughness = async (soft?: { chance: number; share: [number, number] }): Promise<number> => {
    const run = tinyRunOf({ source: 'photo' });
    const maker = new PairMaker({ ...run, crop: { whole: 0, side: [0.9, 1], ...(soft && { soft }) } }, sources());
    const pairs = await Promise.all(Array.from({ length: 20 }, (_, i) => maker.make(i)));
    for (const { input, target, wrong } of pairs) expect([input.length, target.length, wrong]).toEqual([768, 768, 0]);
    const steps = pairs.flatMap(({ target }) => Array.from(target.subarray(3), (value, i) => value - target[i]!));
    return steps.reduce((sum, step) => sum + Math.abs(step), 0) / steps.length;
  };

  it('have the detail of a smaller picture, and nothing wrong with them', async () => {
    const sharp = await roughness();
    expect(await roughness({ chance: 1, share: [0.3, 0.5] })).toBeLessThan(0.6 * sharp);
    expect(await roughness({ chance: 1, share: [1, 1] })).toBeCloseTo(sharp, 6);
  });

  it('are as many as `chance` says', async () => {
    const [sharp, all] = [await roughness(), await roughness({ chance: 1, share: [0.4, 0.4] })];
    const half = await roughness({ chance: 0.5, share: [0.4, 0.4] });
    expect(half).toBeGreaterThan(all + 0.15 * (sharp - all));
    expect(half).toBeLessThan(sharp - 0.15 * (sharp - all));
  });
});
