import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import type { FixOptions } from '@evenlight/bridge/src/fix/fix-options.ts';
import {
  createApplier,
  FULL_RESTORATION,
  identityCorrection,
  parseRestorationContract,
  type PixelArray,
  planTiles,
  restoreRows,
  tileLengths,
} from '@evenlight/models';
import { makeTinyModels, type TinyModels } from '@evenlight/test/fixtures/tiny-model.ts';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixRun, type FixRunResult } from '../fixtures/fix-run.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';
import { randomRestorationNetwork, writeTinyRestoration } from '../fixtures/tiny-restoration.ts';

/* Two stops more light, whatever the network says: what it lifts is cleaned. */
const LIFT = { model: 'tiny-grid', strength: 0, evBias: 2 } as const;
const WIDTH = 700;
const HEIGHT = 1100;

/** A dark picture, with noise of so many codes. Neither side fits one tile. */
async function writeDark(path: string, noiseCodes: number, channels: 3 | 4 = 3): Promise<string> {
  let state = 5;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * Math.sqrt(12) * noiseCodes;
  };
  const pixels = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => {
    if (i % channels === 3) return i % 251;
    return 30 + 20 * Math.sin(Math.floor(i / channels) / 9000) + noise();
  });
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels } })
    .png()
    .toFile(path);
  return path;
}

describe('fix --restore', () => {
  let models: TinyModels;
  let service: ExposureService;
  let folder: string;
  beforeAll(async () => {
    models = await makeTinyModels();
    await writeTinyRestoration(models.modelsFolder);
    service = await ExposureService.start({ modelsFolder: models.modelsFolder, runtime: 'wasm' });
    folder = await mkdtemp(join(tmpdir(), 'evenlight-restoration-'));
  });
  afterAll(async () => {
    await service.close();
    await rm(models.modelsFolder, { recursive: true });
    await rm(folder, { recursive: true });
  });

  /** The service stays open for the next run. */
  const startFixer = () => Promise.resolve({ ...createLocalFixer(service), close: () => Promise.resolve() });
  const fix = (photo: string, options: Partial<FixOptions>): Promise<FixRunResult> =>
    fixRun([photo], { ...LIFT, ...options }, { startFixer });
  const pixelsOf = async (run: FixRunResult): Promise<PixelArray> => {
    const [outcome] = run.outcomes;
    if (outcome?.status !== 'fixed') throw new Error(run.results.join());
    return (await decodePhoto(outcome.output)).image.pixels;
  };

  it('gives the pixels that correction and network give, whatever strips they come in', async () => {
    const photo = await writeDark(join(folder, 'noisy.png'), 4, 4);
    const run = await fix(photo, { restore: 1, outFolder: join(folder, 'all') });
    const cleaned = await pixelsOf(run);

    const { image } = await decodePhoto(photo);
    const corrected = image.pixels.slice();
    const applier = createApplier(identityCorrection(), { strength: 0, evBias: 2 }, image);
    applier.applyRows(corrected, corrected, { firstRow: 0, rowCount: HEIGHT });
    const text = await readFile(join(models.modelsFolder, 'restoration/contract.json'), 'utf8');
    const grid = planTiles(image, tileLengths(parseRestorationContract(JSON.parse(text))));
    expect([grid.across.count, grid.down.count]).toEqual([2, 3]);
    const network = randomRestorationNetwork();
    const rows = { original: image.pixels, corrected, rowCount: HEIGHT };
    const expected: number[] = [];
    const restored = restoreRows(image, oneStrip(rows), {
      ...{ grid, amounts: FULL_RESTORATION, batch: 1 },
      run: async (input, shape) => {
        const output = tf.tidy(() => network.predict(tf.tensor4d(input, [...shape])) as tf.Tensor);
        return Float32Array.from(await output.data<'float32'>());
      },
    });
    for await (const { pixels } of restored) for (const sample of pixels) expected.push(sample);

    expect(Buffer.compare(Buffer.from(cleaned as Uint8Array), Buffer.from(expected))).toBe(0);
    expect(cleaned.filter((sample, i) => sample !== corrected[i]).length).toBeGreaterThan(WIDTH * HEIGHT);
    expect(run.outcomes[0]).toMatchObject({
      result: { restoration: FULL_RESTORATION, description: expect.stringMatching(/, noise cleaned$/) as string },
    });
  });

  it('gives the pixels of a service without the model when it is off, or by no percent', async () => {
    const photo = await writeDark(join(folder, 'off.png'), 4);
    const plain = await fix(photo, { outFolder: join(folder, 'plain') });
    for (const restore of ['off', 0] as const) {
      const run = await fix(photo, { restore, outFolder: join(folder, `off-${restore}`) });
      expect(await pixelsOf(run)).toEqual(await pixelsOf(plain));
      expect(run.outcomes[0]).not.toHaveProperty('result.restoration');
    }
  });

  it('cleans by itself only what is noisy after the lift', async () => {
    const noisy = await fix(await writeDark(join(folder, 'grain.png'), 3), { restore: 'auto' });
    expect(noisy.outcomes[0]).toMatchObject({ result: { restoration: FULL_RESTORATION } });
    const clean = await fix(await writeDark(join(folder, 'clean.png'), 0.2), { restore: 'auto' });
    expect(clean.outcomes[0]).not.toHaveProperty('result.restoration');
  });

  it('cleans half as much with 50 percent', async () => {
    const photo = await writeDark(join(folder, 'half.png'), 4);
    const of = async (restore: number): Promise<PixelArray> =>
      pixelsOf(await fix(photo, { restore, outFolder: join(folder, `half-${restore}`) }));
    const [none, half, all] = [await of(0), await of(0.5), await of(1)];
    let [most, compared] = [0, 0];
    for (const [i, sample] of none.entries()) {
      // Where all of it ends at black or white, half of it is more than half of what is left.
      if (all[i] === 0 || all[i] === 255) continue;
      most = Math.max(most, Math.abs((sample + all[i]!) / 2 - half[i]!));
      compared++;
    }
    expect(compared).toBeGreaterThan(none.length / 4);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('measures how long a megapixel takes', async () => {
    const seconds = await service.restorer?.secondsPerMegapixel();
    expect(seconds).toBeGreaterThan(0);
    expect(await service.restorer?.secondsPerMegapixel()).toBe(seconds);
  });

  it('stops between two tiles when it is cancelled, and leaves nothing', async () => {
    const photo = await writeDark(join(folder, 'cancelled.png'), 4);
    const controller = new AbortController();
    const outFolder = join(folder, 'cancelled');
    const onProgress = (fraction: number): void => {
      if (fraction > 0.36) controller.abort();
    };
    const parts = { startFixer, onProgress, signal: controller.signal };
    const run = await fixRun([photo], { ...LIFT, restore: 1, outFolder }, parts);
    expect(run.code).toBe(130);
    expect(run.outcomes).toEqual([]);
    await expect(readFile(join(outFolder, 'cancelled.png'))).rejects.toMatchObject({ code: 'ENOENT' });
    // The process goes on: the next photograph is cleaned.
    expect((await fix(photo, { restore: 1, outFolder })).results).toEqual(['cancelled.png: fixed']);
  });

  it('says once that there is no model, and what works without one', async () => {
    const photo = await writeDark(join(folder, 'photo.png'), 4);
    const { modelsFolder } = await makeTinyModels();
    const args = ['--model', 'tiny-grid', '--models', modelsFolder, '--runtime', 'wasm'];
    const run = await runEvenlight(['fix', photo, '--restore', 'auto', ...args]);
    expect(run.code).toBe(1);
    expect(run.errors).toEqual([
      expect.stringMatching(/photo\.png: no model "restoration" in .*: noise cannot be cleaned/),
    ]);
    await rm(modelsFolder, { recursive: true });
  });

  it.each([
    [['--restore', 'some'], 'It must be off, auto, a number from 0 to 100, or two: luminance,color.'],
    [['--restore', '101'], 'It must be off, auto, a number from 0 to 100, or two: luminance,color.'],
    [['--restore', '50', '--as', 'cube'], '--restore cleans photographs, not --as cube'],
  ])('refuses %j', async (args, message) => {
    const run = await runEvenlight(['fix', 'photo.png', ...args]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
  });
});

async function* oneStrip<T>(strip: T): AsyncGenerator<T> {
  yield await Promise.resolve(strip);
}
