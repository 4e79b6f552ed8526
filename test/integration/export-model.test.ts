import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFolder } from '@evenlight/runtime/src/models/models-folder.ts';
import { modelArtifacts } from '@evenlight/runtime/src/models/model-artifacts.ts';
import {
  createTestPicture,
  createTestTile,
  deserializeTestVector,
  differenceFromTestVector,
  parseContract,
  parseRestorationContract,
} from '@evenlight/models';
import {
  randomGridNetwork,
  fillWithRandomWeights,
  randomImageNetwork,
  SMALL_SPEC,
  useTfjsWasm,
} from '@evenlight/test/fixtures/random-network.ts';
import type { ContractParts } from '@evenlight/trainer/src/export/contract-shapes.ts';
import { exportModel } from '@evenlight/trainer/src/export/export-model.ts';
import type { CardParts } from '@evenlight/trainer/src/export/model-card.ts';
import { runTfjs } from '@evenlight/trainer/src/export/parity.ts';
import { buildRestorationNetwork } from '@evenlight/trainer/src/network/restoration-network.ts';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const SIZE = 32;
const contract: ContractParts = {
  name: 'small',
  kind: 'grid',
  version: '0.1.0',
  title: 'A small random network',
  licence: 'MIT',
  input: { width: SIZE, height: SIZE, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
  output: { kind: 'grid', gridWidth: 8, gridHeight: 8, gridDepth: 2 },
  guide: { weights: [0.3, 0.6, 0.1], gamma: 0.8 },
  scores: [{ set: 'none', images: 3, psnr: 21.456, identityPsnr: 10, autoGammaPsnr: 15 }],
  measured: { date: '2026-11-23', machine: 'two cores' },
};
const card: CardParts = {
  summary: 'Does nothing useful.',
  limits: ['It is random.'],
  training: 'None.',
  data: 'Two photographs.',
  attribution: [
    { file: 'photos/a.jpg', author: 'A | B', licence: 'CC0-1.0', source: 'somewhere/a' },
    { file: 'photos/b.jpg', author: 'C\nD', licence: 'CC-BY-4.0', source: 'somewhere/b' },
  ],
};
const realInputs = [createTestPicture(9, { width: SIZE, height: SIZE })];

let models: string;
let folder: string;

beforeAll(useTfjsWasm);
beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'evenlight-export-'));
  folder = join(models, 'small');
  onTestFinished(() => rm(models, { recursive: true }));
});

describe('exportModel', () => {
  it('writes a folder whose contract describes every file in it', async () => {
    const { contract: written } = await exportModel(randomGridNetwork(SMALL_SPEC, SIZE), {
      folder,
      contract,
      card,
      realInputs,
    });
    expect(parseContract(JSON.parse(await readFile(join(folder, 'contract.json'), 'utf8')))).toEqual(written);
    const { tfjs, onnx } = written.files;
    const described = [tfjs.model, ...tfjs.weights, onnx.fp32, onnx.fp16!, onnx.testVector!];
    for (const { path, sha256, sizeBytes } of described) {
      const bytes = await readFile(join(folder, path));
      expect(bytes.length, path).toBe(sizeBytes);
      expect(createHash('sha256').update(bytes).digest('hex'), path).toBe(sha256);
    }
    const present = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(present).toHaveLength(described.length + 2);
    expect(await readdir(models)).toEqual(['small']);
  });

  it('writes tfjs files from which the bridge loads the same network', async () => {
    const network = randomGridNetwork(SMALL_SPEC, SIZE);
    await exportModel(network, { folder, contract, card, realInputs });
    const loaded = await loadLayersModel(modelArtifacts(await readModelFolder(models, 'small')));
    expect(runTfjs(loaded, realInputs[0]!)).toEqual(runTfjs(network, realInputs[0]!));
  });

  it('stores a test vector that the network reproduces and another one does not', async () => {
    const network = randomGridNetwork(SMALL_SPEC, SIZE);
    await exportModel(network, { folder, contract, card, realInputs });
    const vector = deserializeTestVector(await readFile(join(folder, 'onnx/test-vector.bin')));
    const picture = createTestPicture(vector.seed, vector);
    expect(differenceFromTestVector(vector, runTfjs(network, picture))).toBeLessThan(1e-6);
    const other = randomGridNetwork(SMALL_SPEC, SIZE, 2);
    expect(differenceFromTestVector(vector, runTfjs(other, picture))).toBeGreaterThan(1e-2);
  });

  it('writes a card with scores, licences and every author', async () => {
    await exportModel(randomGridNetwork(SMALL_SPEC, SIZE), { folder, contract, card, realInputs });
    const text = await readFile(join(folder, 'CARD.md'), 'utf8');
    expect(text).toContain('| none | 3 | 21.46 | – | – | 10.00 | 15.00 |');
    expect(text).toContain('| photos/a.jpg | A \\| B | CC0-1.0 | somewhere/a |');
    expect(text).toContain('| photos/b.jpg | C D | CC-BY-4.0 | somewhere/b |');
    expect(text).toContain('Measured 2026-11-23 on two cores.');
  });

  it('exports an image network of any size', async () => {
    const { kind: _, input, output: __, ...shared } = contract;
    const image: ContractParts = {
      ...shared,
      name: 'image',
      kind: 'image',
      input: { ...input, width: 512, height: 512, fit: 'inside', multipleOf: 8 },
      output: { kind: 'image' },
    };
    const pictures = [createTestPicture(9, { width: 40, height: 24 })];
    const request = { folder: join(models, 'image'), contract: image, card, realInputs: pictures };
    const { parity } = await exportModel(randomImageNetwork(), request);
    expect(parity.fp32.largestDifference).toBeLessThan(1e-4);
  });

  it('replaces an earlier export as a whole', async () => {
    await exportModel(randomGridNetwork(SMALL_SPEC, SIZE), { folder, contract, card, realInputs });
    await writeFile(join(folder, 'onnx', 'left-over.onnx'), 'old');
    await exportModel(randomGridNetwork(SMALL_SPEC, SIZE, 2), { folder, contract, card, realInputs });
    expect(await readdir(join(folder, 'onnx'))).toEqual(['model-fp16.onnx', 'model.onnx', 'test-vector.bin']);
    expect(await readdir(models)).toEqual(['small']);
  });
});

describe('an export that fails', () => {
  it('keeps the earlier one when the network does not fit its contract', async () => {
    const network = randomGridNetwork(SMALL_SPEC, SIZE);
    await exportModel(network, { folder, contract, card, realInputs });
    const before = await readFile(join(folder, 'contract.json'));
    const deeper: ContractParts = { ...contract, output: { kind: 'grid', gridWidth: 8, gridHeight: 8, gridDepth: 8 } };
    const rejected = expect(exportModel(network, { folder, contract: deeper, card, realInputs })).rejects;
    await rejected.toMatchObject({ code: 'BAD_EXPORT', message: expect.stringContaining('[any, 8, 8, 24]') as string });
    expect(await readFile(join(folder, 'contract.json'))).toEqual(before);
  });

  it('does not replace a folder that is no model', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'diary.txt'), 'mine');
    const network = randomGridNetwork(SMALL_SPEC, SIZE);
    await expect(exportModel(network, { folder, contract, card, realInputs })).rejects.toMatchObject({
      code: 'BAD_EXPORT',
    });
    expect(await readdir(folder)).toEqual(['diary.txt']);
  });

  it('refuses a folder that is called differently', async () => {
    const request = { folder: join(models, 'other'), contract, card, realInputs };
    await expect(exportModel(randomGridNetwork(SMALL_SPEC, SIZE), request)).rejects.toMatchObject({
      code: 'BAD_EXPORT',
    });
  });

  it('leaves nothing behind when it cannot write', async () => {
    await writeFile(join(models, 'file'), '');
    const request = { folder: join(models, 'file', 'small'), contract, card, realInputs };
    await expect(exportModel(randomGridNetwork(SMALL_SPEC, SIZE), request)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await readdir(models)).toEqual(['file']);
  });
});

describe('exportModel of a network that restores', () => {
  const levels = [6, 8, 10].map((width) => ({ width, blocks: 1 }));
  const network = () => fillWithRandomWeights(buildRestorationNetwork({ type: 'restoration', levels }, 1));
  const restoration: ContractParts = {
    name: 'small',
    kind: 'restoration',
    version: '0.1.0',
    title: 'A small random network',
    licence: 'MIT',
    input: { channels: 4, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC', multipleOf: 8, reach: 40 },
    output: { kind: 'residual', channels: 3 },
    scores: [
      {
        ...{ set: 'lifted by 3 EV', images: 3, psnr: 30, ssim: 0.9 },
        ...{ automaticPsnr: 29.75, automaticSsim: 0.89, liftedPsnr: 25.5, liftedSsim: 0.7 },
      },
      { set: 'lifted by 4 EV', images: 3, psnr: 28, ssim: 0.8, liftedPsnr: 24, liftedSsim: 0.6 },
    ],
  };

  it('writes tfjs and ONNX files that agree, and a test vector of a tile', async () => {
    const tile = { width: 24, height: 16, pixels: createTestTile(4, { width: 24, height: 16 }) };
    const request = { folder, contract: restoration, card, realInputs: [tile] };
    const { contract: written, parity } = await exportModel(network(), request);
    expect(parseRestorationContract(JSON.parse(await readFile(join(folder, 'contract.json'), 'utf8')))).toEqual(
      written,
    );
    expect(parity.fp32.largestDifference).toBeLessThan(1e-4);
    expect(parity.fp32.largestValue).toBeGreaterThan(0.01);
    const vector = deserializeTestVector(await readFile(join(folder, 'onnx/test-vector.bin')));
    const pixels = createTestTile(vector.seed, vector);
    expect(differenceFromTestVector(vector, runTfjs(network(), { ...vector, pixels }))).toBeLessThan(1e-4);
    const text = await readFile(join(folder, 'CARD.md'), 'utf8');
    expect(text).toContain('| lifted by 3 EV | 3 | 30.00 | 0.900 | 29.75 | 0.890 | 25.50 | 0.700 |');
    expect(text).toContain('| lifted by 4 EV | 3 | 28.00 | 0.800 | – | – | 24.00 | 0.600 |');
  });

  it('refuses tiles that the network cannot halve so often', async () => {
    const realInputs = [{ width: 20, height: 16, pixels: new Float32Array(20 * 16 * 4) }];
    await expect(exportModel(network(), { folder, contract: restoration, card, realInputs })).rejects.toThrow(
      /20×16.*multiples of 8/,
    );
  });
});
