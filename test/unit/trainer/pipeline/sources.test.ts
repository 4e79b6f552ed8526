import { PairMaker } from '@evenlight/trainer/src/pipeline/pair-maker.ts';
import { readCollection } from '@evenlight/trainer/src/dataset/collection.ts';
import { loadPhoto } from '@evenlight/trainer/src/dataset/picture-store.ts';
import { describeTrainingData, loadSources, loadTrainingSources } from '@evenlight/trainer/src/pipeline/sources.ts';
import { describe, expect, it } from 'vitest';
import { type MiniatureFile, radianceFile, sceneFile, writeMiniature } from '../../../fixtures/dataset-files.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';
import { tinyRunOf as runOf } from '../../../fixtures/tiny-run.ts';

const paired = runOf({ source: 'paired' });

/** Six scenes, each with two inputs of one target, as MSEC has them. */
async function exposures(changes: Record<string, MiniatureFile> = {}): Promise<string> {
  const files = Array.from({ length: 6 }, (_, i) => {
    const name = `a000${i}-x`;
    const folder = i < 5 ? 'training' : 'validation';
    return {
      [`${folder}/INPUT_IMAGES/${name}_N1.png`]: { seed: i, exposureEv: -1 },
      [`${folder}/INPUT_IMAGES/${name}_N1.5.png`]: { seed: i, exposureEv: -1.5 },
      [`${folder}/GT_IMAGES/${name}.png`]: i,
    };
  });
  return writeMiniature(await temporaryFolder(), Object.assign({}, ...files, changes) as Record<string, MiniatureFile>);
}

describe('sources of a paired data set', () => {
  it('are pairs whose inputs share their target in memory', async () => {
    const { paired: pairs = [], photo } = await loadSources(await exposures(), paired, 'train');
    expect(pairs).toHaveLength(10);
    expect(new Set(pairs.map((pair) => pair.target)).size).toBe(5);
    expect(photo).toEqual([]);
    expect((await loadSources(await exposures(), paired, 'test')).paired).toHaveLength(2);
  });

  it('serve as good photographs by their targets', async () => {
    const { photo } = await loadSources(await exposures(), runOf({ source: 'photo' }), 'train');
    expect(photo).toHaveLength(5);
  });

  it('make pairs in which both pictures show the same part; operations then follow', async () => {
    const sources = await loadSources(await exposures(), paired, 'train');
    const plain = new PairMaker(paired, sources);
    const changed = new PairMaker(runOf({ source: 'paired', input: [{ op: 'quantise', bits: 1 }] }), sources);
    for (let i = 0; i < 12; i++) {
      const pair = await plain.make(i);
      expect(pair.wrong).toBeGreaterThan(0);
      // The inputs are −1 or −1.5 EV of a power-law curve: one factor all over the picture where nothing clips.
      const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      const factor = mean(pair.input) / mean(pair.target);
      expect(factor).toBeGreaterThan(0.6);
      expect(factor).toBeLessThan(0.75);
      for (const [j, value] of pair.input.entries()) {
        expect(Math.abs(value - factor * pair.target[j]!)).toBeLessThan(0.01);
      }
      const { input, target } = await changed.make(i);
      expect(new Set(input)).toEqual(new Set([0, 1]));
      expect(target).toEqual(pair.target);
    }
  });
});

describe('a data set that cannot be trained on', () => {
  it('because a source is missing is refused by its name', async () => {
    const loading = loadSources(await exposures(), runOf({ source: 'panorama' }), 'train');
    await expect(loading).rejects.toThrow(/no 'panorama' in the train split/);
  });

  it('because an input has no target is refused with the file', async () => {
    const folder = await exposures({ 'training/INPUT_IMAGES/a0099-x_P1.png': 99 });
    await expect(loadSources(folder, paired, 'train')).rejects.toThrow(/a0099-x_P1\.png has no target/);
  });

  it('because a picture is broken is refused with the file', async () => {
    const whole = await sceneFile(3, { format: 'png' });
    const folder = await exposures({ 'training/INPUT_IMAGES/a0003-x_N1.png': whole.subarray(0, whole.length / 2) });
    const loading = loadSources(folder, paired, 'train');
    await expect(loading).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    await expect(loading).rejects.toThrow(/a0003-x_N1\.png: cannot be decoded/);
  });

  it('because an input has another shape than its target is refused', async () => {
    const folder = await exposures({
      'training/INPUT_IMAGES/a0003-x_N1.png': await sceneFile(3, { format: 'png', width: 32, height: 48 }),
    });
    await expect(loadSources(folder, paired, 'train')).rejects.toThrow(/has the shape 32×48, its target 48×32/);
  });

  it('because a re-exposed copy of a kept-back picture is trained on is a leak, and says what to do', async () => {
    const folder = await exposures({ 'training/GT_IMAGES/a0003-x.png': { seed: 5, exposureEv: -1 } });
    const loading = loadSources(folder, paired, 'train');
    await expect(loading).rejects.toMatchObject({ code: 'LEAK' });
    await expect(loading).rejects.toThrow(/a0003-x\.png \(train\) and .*a0005-x\.png \(test\) show the same.*--merge/);
  });
});

describe('sources of a collection', () => {
  it('are the photographs of the split in the order of the manifest', async () => {
    const files = Array.from({ length: 24 }, (_, i) => `photos/scene-${String.fromCharCode(122 - i)}.png`);
    const rows = files.map((file, i) => `${file},photo,${i % 2 === 0 ? 'lowkey' : 'ok'},CC0-1.0`);
    const folder = await writeMiniature(await temporaryFolder(), {
      ...Object.fromEntries(files.map((file, i) => [file, i] as const)),
      'hdri/room.hdr': radianceFile(1),
      'manifest.csv': ['file,kind,eye,licence', ...rows, 'hdri/room.hdr,hdri,ok,CC0-1.0'].join('\n'),
    });
    const { photo, panorama } = await loadSources(folder, runOf({ source: 'photo' }), 'train');
    const own = (await readCollection(folder, 3)).filter(
      (item) => item.kind === 'photo' && item.eye === 'ok' && item.split === 'train',
    );
    expect(own.length).toBeGreaterThan(6);
    expect(photo).toEqual(await Promise.all(own.map((item) => loadPhoto(item.path, 48))));
    // Not asked for, not decoded.
    expect(panorama).toEqual([]);
  });
});

describe('sources for training', () => {
  it('are both splits, decoded once, with progress and with what they were', async () => {
    const folder = await exposures();
    const steps: [number, number][] = [];
    const onProgress = (done: number, total: number): void => void steps.push([done, total]);
    const { training, validation, data } = await loadTrainingSources([folder], paired, { onProgress });
    expect([training.paired?.length, validation.paired?.length]).toEqual([10, 2]);
    expect(steps.at(-1)).toEqual([12, 12]);
    expect(data.named).toEqual([folder]);
    expect(data.pictures).toHaveLength(15);
    expect(data.pictures.map(({ file }) => file)).not.toContainEqual(expect.stringContaining('a0005'));
    expect(data.pictures[0]!.licence).not.toBe('');
    expect(await describeTrainingData([folder], paired)).toEqual(data);
  });

  it('are of several data sets together', async () => {
    const { training } = await loadTrainingSources([await exposures(), await exposures()], paired);
    expect(training.paired).toHaveLength(20);
  });

  it('end when they are aborted', async () => {
    const stop = new AbortController();
    const signal = stop.signal;
    const loading = loadTrainingSources([await exposures()], paired, { signal, onProgress: () => stop.abort() });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
