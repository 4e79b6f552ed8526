import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identityCorrection, type ModelContract } from '@evenlight/models';
import { type Evaluation, evaluate } from '@evenlight/trainer/src/evaluation/evaluate.ts';
import type { KeepItem } from '@evenlight/trainer/src/evaluation/keep/keep-picture.ts';
import type { EvaluationPair } from '@evenlight/trainer/src/evaluation/pairs.ts';
import type { NetworkPredictor } from '@evenlight/trainer/src/evaluation/network-predictor.ts';
import { evaluationTable } from '@evenlight/trainer/src/evaluation/table.ts';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTrainer } from '../fixtures/run-trainer.ts';

/** A process that loads TensorFlow, on a machine that may be busy. */
const TIMEOUT_MS = 600_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-evaluation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const contract: ModelContract = {
  schema: 1,
  kind: 'grid',
  name: 'still',
  version: '1',
  title: 'Changes nothing',
  licence: 'CC0-1.0',
  guide: { weights: [0.25, 0.5, 0.25], gamma: 1 },
  input: { width: 16, height: 16, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
  output: { kind: 'grid', gridWidth: 1, gridHeight: 1, gridDepth: 1 },
  files: { tfjs: { model: noFile(), weights: [noFile()] }, onnx: { fp32: noFile() } },
};

function noFile(): { path: string; sha256: string; sizeBytes: number } {
  return { path: 'none', sha256: '0'.repeat(64), sizeBytes: 0 };
}

/** A model that changes nothing. */
const still: NetworkPredictor = { contract, predict: () => identityCorrection(), dispose: () => undefined };

/** A picture of one gray with a white corner, whose size decides nothing. */
async function picture(name: string, gray: number, size = { width: 40, height: 24 }): Promise<string> {
  const { width, height } = size;
  const pixels = new Uint8Array(width * height * 3).fill(gray).fill(255, 0, 30);
  const file = path.join(folder, name);
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}

function score(pairs: readonly EvaluationPair[], isQuick = false, keep: readonly KeepItem[] = []): Promise<Evaluation> {
  return evaluate(still, { pairs, keep, isQuick, workers: 2, onProgress: () => undefined });
}

describe('evaluation', () => {
  it('scores every pair in its own order, beside identity and auto-gamma', async () => {
    const grays = [20, 60, 100, 140, 180];
    const reference = await picture('reference.png', 100);
    const pairs: EvaluationPair[] = [];
    for (const gray of grays) {
      pairs.push({ set: gray < 100 ? 'dark' : 'light', input: await picture(`${gray}.png`, gray), reference });
    }
    const evaluation = await score(pairs);
    expect(evaluation.pairs.map(({ input }) => path.basename(input))).toEqual(grays.map((gray) => `${gray}.png`));
    expect(evaluation.sets.map(({ set, images }) => [set, images])).toEqual([
      ['dark', 2],
      ['light', 3],
    ]);
    // 10 white pixels of 960 agree; the rest is off by the difference of the grays.
    for (const [i, { model, identity }] of evaluation.pairs.entries()) {
      const error = ((grays[i]! - 100) / 255) ** 2 * (950 / 960);
      expect(model.psnr).toBeCloseTo(-10 * Math.log10(error), 4);
      expect(model).toEqual(identity);
    }
    expect(evaluation.pairs[2]!.model).toMatchObject({ psnr: Infinity, deltaE: 0 });
    expect(evaluation.pairs[2]!.model.ssim).toBeCloseTo(1, 10);
    expect(evaluation.pairs[0]!.autoGamma.psnr).toBeGreaterThan(evaluation.pairs[0]!.identity.psnr);
    expect(evaluation.white).toBeCloseTo(1, 10);
    // The references are left alone, each once.
    expect(evaluation.leaveAlone).toMatchObject([
      { set: 'dark references', images: 1, deltaE: { mean: 0 } },
      { set: 'light references', images: 1, deltaE: { mean: 0 } },
    ]);
  });

  it('leaves out SSIM and ΔE2000 when it is to be quick', async () => {
    const { pairs } = await score(
      [{ set: 's', input: await picture('a.png', 50), reference: await picture('b.png', 90) }],
      true,
    );
    expect(pairs[0]!.model).toEqual({ psnr: pairs[0]!.identity.psnr });
    expect(pairs[0]!.model.psnr).toBeGreaterThan(10);
    expect(evaluationTable({ ...(await score([])), pairs })).not.toContain('NaN');
  });

  it('measures what must not be harmed, in the same workers', async () => {
    const good = { width: 12, height: 8, pixels: new Uint8Array(12 * 8 * 3).fill(100) };
    const isKept: KeepItem = {
      kind: { name: 'mid-key', isWellExposed: true },
      name: 'kept',
      make: () => Promise.resolve({ before: good }),
    };
    const mask = new Uint8Array(12 * 8).fill(255, 0, 40);
    const framed: KeepItem = {
      kind: { name: 'white frame, ill exposed', isWellExposed: false },
      name: 'framed',
      detail: '5 %',
      make: () =>
        Promise.resolve({
          before: good,
          goal: good.pixels.map((code) => code + 10),
          mask,
          bare: { picture: { width: 4, height: 4, pixels: new Uint8Array(48).fill(70) }, left: 2, top: 1 },
        }),
    };
    const { keep, kept, leaveAloneMean } = await score([], false, [isKept, framed]);
    expect(kept.map(({ name }) => name)).toEqual(['kept', 'framed']);
    expect(keep[0]).toMatchObject({ kind: 'mid-key', images: 1, deltaE: { mean: 0 }, changed: 0, codes: 0 });
    // A model that changes nothing is 30 codes off inside the frame, where the bare picture is darker.
    expect(keep[1]).toMatchObject({ codes: 10, inside: { mean: 30, worst: 30 }, object: { mean: 10 } });
    expect(leaveAloneMean).toBe(0);
  });

  it('ends with one error at a broken picture, and at pictures of two sizes', async () => {
    const good = await picture('good.png', 90);
    const broken = path.join(folder, 'broken.jpg');
    await writeFile(broken, 'no picture');
    const pair = (input: string, reference: string): EvaluationPair => ({ set: 's', input, reference });
    await expect(score([pair(broken, good)])).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    await expect(score([pair(good, good), pair(good, broken)])).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: expect.stringContaining('broken.jpg') as string,
    });
    const larger = await picture('larger.png', 90, { width: 48, height: 24 });
    await expect(score([pair(good, larger)])).rejects.toThrow(/good\.png is 40×24, .* 48×24; a pair needs one size/);
  });
});

describe('npm run evaluate', () => {
  it(
    'takes a list of pairs and prints JSON, and a report with the worst first',
    async () => {
      const images = path.relative(folder, path.resolve('test/fixtures/images'));
      const pairs = path.join(folder, 'pairs.csv');
      const [dark, good] = ['astronaut-under.jpg', 'astronaut.jpg'].map((name) => path.join(images, name));
      await writeFile(pairs, `set,input,reference\nnothing to do,${good!},${good!}\ndark,${dark!},${good!}\n`);
      const report = path.join(folder, 'report');
      const { code, stdout, errors, progress } = await runTrainer('evaluate', [
        ...['--pairs', pairs, '--no-collection', '--json', '--report', report, '--csv', path.join(folder, 'all.csv')],
      ]);
      expect(code, errors.join('\n')).toBe(0);
      const evaluation = JSON.parse(stdout) as Evaluation;
      expect(evaluation.sets.map(({ set, images: count }) => [set, count])).toEqual([
        ['nothing to do', 1],
        ['dark', 1],
      ]);
      const { model, identity } = evaluation.sets[1]!;
      expect(model.psnr.mean).toBeGreaterThan(identity.psnr.mean + 3);
      expect(model.ssim!.mean).toBeGreaterThan(identity.ssim!.mean);
      expect(evaluation.leaveAlone).toHaveLength(2);
      expect(progress.join('\n')).toContain('evaluating');
      const rows = (await readFile(path.join(folder, 'all.csv'), 'utf8')).trim().split('\n');
      expect(rows.map((row) => row.split(',')[0])).toEqual(['kind', 'nothing to do', 'dark']);
      const page = await readFile(path.join(report, 'index.html'), 'utf8');
      expect([...page.matchAll(/<h2>(.*?) ·/g)].map(([, set]) => set)).toEqual(['nothing to do', 'dark']);
    },
    TIMEOUT_MS,
  );
});
