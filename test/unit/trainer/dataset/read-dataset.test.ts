import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDataset } from '@evenlight/trainer/src/dataset/read-dataset.ts';
import { readPairs } from '@evenlight/trainer/src/evaluation/pairs.ts';
import { LAYOUTS } from '@evenlight/trainer/src/dataset/layouts/registry.ts';
import { writePairs, writeSplitManifest } from '@evenlight/trainer/src/dataset/split-manifest.ts';
import { describe, expect, it } from 'vitest';
import { type MiniatureFile, writeMiniature } from '../../../fixtures/dataset-files.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

async function pairsFolder(count: number): Promise<string> {
  const files: Record<string, MiniatureFile> = {};
  for (let i = 0; i < count; i++) {
    files[`input/scene ${i}, night.jpg`] = { seed: i, exposureEv: -2 };
    files[`target/scene ${i}, night.jpg`] = i;
  }
  return writeMiniature(await temporaryFolder(), files);
}

describe('what a data set is named by', () => {
  it('may be a layout before the folder, which is then read as such', async () => {
    const folder = await writeMiniature(await temporaryFolder(), { 'a.jpg': 1, 'sub/b.jpg': 2 });
    expect((await readDataset(`photographs:${folder}`, 1)).scenes).toHaveLength(2);
  });

  it.each([
    ['an unknown layout', 'imagenet:X', /'imagenet' is not a layout.*known: collection, fivek/],
    ['an unknown option', 'sice,experts=c:X', /layout 'sice' has no option 'experts': it has none/],
    ['experts that do not exist', 'msec,experts=cx:X', /option 'experts' is 'cx', expected letters of a to e/],
  ])('refuses %s', async (_, data, says) => {
    const folder = await writeMiniature(await temporaryFolder(), { 'a.jpg': 1 });
    const promise = readDataset(data.replace('X', folder), 1);
    await expect(promise).rejects.toMatchObject({ code: 'BAD_DATASET' });
    await expect(promise).rejects.toThrow(says);
  });
});

describe('a folder that is no data set', () => {
  it('is refused with what was found and every layout that is known', async () => {
    const folder = await writeMiniature(await temporaryFolder(), { 'trainA/1.jpg': 1, 'trainB/1.jpg': 1 });
    const error: unknown = await readDataset(folder, 1).catch((reason: unknown) => reason);
    expect(String(error)).toContain('it holds 2 files (trainA/1.jpg, trainB/1.jpg)');
    for (const { name, looksLike } of LAYOUTS) expect(String(error)).toContain(`  ${name}: ${looksLike}`);
  });

  it('is refused when it is empty or missing', async () => {
    const folder = await temporaryFolder();
    await expect(readDataset(folder, 1)).rejects.toThrow(`${folder}: the folder is empty`);
    await expect(readDataset(join(folder, 'none'), 1)).rejects.toThrow(/expected a folder with a data set/);
  });

  it('is refused when nothing in it can be used', async () => {
    const folder = await writeMiniature(await temporaryFolder(), { 'input/1.jpg': 1, 'target/2.jpg': 1 });
    await expect(readDataset(folder, 1)).rejects.toThrow(/no scene can be used as 'input-target' \(.*has no target/);
  });
});

describe('a manifest of splits', () => {
  it('gives back the scenes and splits it was written from, from wherever it lies', async () => {
    const dataset = await readDataset(`input-target,licence=said to be "free":${await pairsFolder(12)}`, 5);
    expect(dataset.scenes[0]?.licence).toBe('said to be "free"');
    const manifest = join(await temporaryFolder(), 'splits.csv');
    await writeSplitManifest(manifest, dataset.scenes);
    // Another seed: the manifest decides.
    const again = await readDataset(manifest, 6);
    expect(again.layout).toBe('manifest');
    expect(again.scenes).toEqual(dataset.scenes.map(({ part: _, about = '', ...scene }) => ({ ...scene, about })));
  });

  it('is refused with the row at fault', async () => {
    const manifest = join(await temporaryFolder(), 'splits.csv');
    await writeFile(manifest, 'split,kind,set,group,input,reference,licence,about\nlater,photo,a,a,,a.jpg,CC0,\n');
    await expect(readDataset(manifest, 1)).rejects.toThrow(/row 2, column 'split'/);
    await writeFile(manifest, 'split,kind,set,group,input,reference,licence,about\ntrain,paired,a,a,,a.jpg,CC0,\n');
    await expect(readDataset(manifest, 1)).rejects.toThrow(/row 2, column 'input'/);
    await writeFile(manifest, '');
    await expect(readDataset(manifest, 1)).rejects.toThrow(/it lists nothing/);
  });

  it('has a list of pairs for evaluation beside it', async () => {
    const { scenes } = await readDataset(await pairsFolder(12), 5);
    const list = join(await temporaryFolder(), 'pairs.csv');
    const count = await writePairs(list, scenes, 'test');
    const expected = scenes.filter((scene) => scene.split === 'test');
    expect(count).toBe(expected.length);
    expect(await readPairs(list)).toEqual(
      expected.map((scene) => ({ set: 'pairs', input: scene.kind === 'paired' && scene.input, reference: scene.file })),
    );
    await expect(writePairs(list, [], 'test')).rejects.toThrow(/the test split has no pairs/);
  });
});

describe('splits of scenes', () => {
  it('follow from the seed, and have something to test on however few there are', async () => {
    const folder = await pairsFolder(2);
    for (let seed = 0; seed < 20; seed++) {
      const splits = (await readDataset(folder, seed)).scenes.map((scene) => scene.split);
      expect(splits).toContain('test');
      expect((await readDataset(folder, seed)).scenes.map((scene) => scene.split)).toEqual(splits);
    }
  });
});
