import { relative } from 'node:path';
import { type Dataset, readDataset } from '@evenlight/trainer/src/dataset/read-dataset.ts';
import { describe, expect, it } from 'vitest';
import { type MiniatureFile, radianceFile, writeMiniature } from '../../../fixtures/dataset-files.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

/** Writes a miniature and reads it; paths of the answer are relative to it. */
async function read(
  files: Readonly<Record<string, MiniatureFile>>,
  spec = '',
): Promise<{ dataset: Dataset; rows: Record<string, unknown>[] }> {
  const folder = await writeMiniature(await temporaryFolder(), files);
  const dataset = await readDataset(`${spec}${folder}`, 1);
  const rows = dataset.scenes.map((scene) => ({
    ...scene,
    file: relative(folder, scene.file),
    ...(scene.kind === 'paired' && { input: relative(folder, scene.input) }),
  }));
  return { dataset, rows };
}

describe('MSEC', () => {
  const files = {
    'training/INPUT_IMAGES/a0001-jmac_DSC1459_0.JPG': 1,
    'training/INPUT_IMAGES/a0001-jmac_DSC1459_N1.5.JPG': 1,
    'training/INPUT_IMAGES/a0001-jmac_DSC1459_P1.JPG': 1,
    'training/GT_IMAGES/a0001-jmac_DSC1459.jpg': 1,
    'validation/INPUT_IMAGES/a0014-WP_CRW_6320_N1.JPG': 2,
    'validation/GT_IMAGES/a0014-WP_CRW_6320.jpg': 2,
    'testing/INPUT_IMAGES/a0019-07-06-02-at-15h24m40s-_MG_1484_P1.5.JPG': 3,
    'testing/expert_a_testing_set/a0019-07-06-02-at-15h24m40s-_MG_1484.jpg': 3,
    'testing/expert_c_testing_set/a0019-07-06-02-at-15h24m40s-_MG_1484.jpg': 3,
  };

  it('is recognised: exposures of a scene share its reference, group and split', async () => {
    const { dataset, rows } = await read(files);
    expect(dataset.layout).toBe('msec');
    expect(dataset.problems).toEqual([]);
    expect(rows.map((row) => [row['set'], row['group'], row['split']])).toEqual([
      ['msec-over', 'fivek/a0019', 'predict'],
      ['msec-zero', 'fivek/a0001', 'train'],
      ['msec-under', 'fivek/a0001', 'train'],
      ['msec-over', 'fivek/a0001', 'train'],
      ['msec-under', 'fivek/a0014', 'test'],
    ]);
    expect(rows[0]).toMatchObject({
      kind: 'paired',
      input: 'testing/INPUT_IMAGES/a0019-07-06-02-at-15h24m40s-_MG_1484_P1.5.JPG',
      file: 'testing/expert_c_testing_set/a0019-07-06-02-at-15h24m40s-_MG_1484.jpg',
    });
  });

  it('takes the experts that are asked for', async () => {
    const { rows } = await read(files, 'msec,experts=ac:');
    const tested = rows.filter((row) => row['split'] === 'predict').map((row) => row['file']);
    expect(tested).toEqual([
      'testing/expert_a_testing_set/a0019-07-06-02-at-15h24m40s-_MG_1484.jpg',
      'testing/expert_c_testing_set/a0019-07-06-02-at-15h24m40s-_MG_1484.jpg',
    ]);
  });

  it('names what has no counterpart', async () => {
    const { dataset } = await read({ ...files, 'training/INPUT_IMAGES/a0002-dgw_005_N1.JPG': 4 });
    expect(dataset.problems).toMatchObject([{ problem: 'has no target' }]);
    expect(dataset.problems[0]?.file).toContain('a0002-dgw_005_N1.JPG');
  });
});

describe('SICE', () => {
  const scene = (part: string, count: number): Record<string, number> =>
    Object.fromEntries([
      ...Array.from({ length: count }, (_, i) => [`${part}/7/${i + 1}.JPG`, count] as const),
      [`${part}/Label/7.${part.includes('2') ? 'PNG' : 'JPG'}`, count],
    ]);

  it('is recognised in both parts, whose numbers begin anew; archives within themselves too', async () => {
    const { dataset, rows } = await read({ ...scene('Dataset_Part1/Dataset_Part1', 3), ...scene('Dataset_Part2', 4) });
    expect(dataset.layout).toBe('sice');
    expect(dataset.problems).toEqual([]);
    expect(rows.map((row) => [row['group'], row['set']])).toEqual([
      ['sice/part1/7', 'sice-under'],
      ['sice/part1/7', 'sice-middle'],
      ['sice/part1/7', 'sice-over'],
      ['sice/part2/7', 'sice-under'],
      ['sice/part2/7', 'sice-under'],
      ['sice/part2/7', 'sice-over'],
      ['sice/part2/7', 'sice-over'],
    ]);
    expect(rows[6]).toMatchObject({ input: 'Dataset_Part2/7/4.JPG', file: 'Dataset_Part2/Label/7.PNG' });
  });

  it('orders exposures by number, not by name', async () => {
    const { rows } = await read({
      ...Object.fromEntries([2, 9, 10, 11].map((number) => [`1/${number}.JPG`, 1])),
      'Label/1.JPG': 1,
    });
    const sets = new Map(rows.map((row) => [row['input'], row['set']]));
    expect(sets.get('1/2.JPG')).toBe('sice-under');
    expect(sets.get('1/9.JPG')).toBe('sice-under');
    expect(sets.get('1/10.JPG')).toBe('sice-over');
  });
});

describe('LOL', () => {
  it('version 1: our485 trains, eval15 is kept for the prediction', async () => {
    const { dataset, rows } = await read({
      'LOLdataset/our485/low/2.png': 1,
      'LOLdataset/our485/high/2.png': 1,
      'LOLdataset/our485/low/5.png': 2,
      'LOLdataset/our485/high/5.png': 2,
      'LOLdataset/eval15/low/1.png': 3,
      'LOLdataset/eval15/high/1.png': 3,
    });
    expect(dataset).toMatchObject({ layout: 'lol', problems: [] });
    expect(rows.map((row) => row['split']).sort()).toEqual(['predict', 'test', 'train']);
    expect(rows.find((row) => row['split'] === 'predict')).toMatchObject({
      input: 'LOLdataset/eval15/low/1.png',
      file: 'LOLdataset/eval15/high/1.png',
      set: 'lol-v1',
    });
  });

  it('version 2: names differ by low and normal in the captured part and not in the synthetic one', async () => {
    const { dataset, rows } = await read({
      'LOL-v2/Real_captured/Train/Low/low00001.png': 1,
      'LOL-v2/Real_captured/Train/Normal/normal00001.png': 1,
      'LOL-v2/Synthetic/Test/Low/r1e4f2a9ft.png': 2,
      'LOL-v2/Synthetic/Test/Normal/r1e4f2a9ft.png': 2,
    });
    expect(dataset).toMatchObject({ layout: 'lol', problems: [] });
    expect(rows.map((row) => row['set'])).toEqual(['lol-v2-real', 'lol-v2-synthetic']);
  });
});

describe('FiveK exported for 3D-LUT', () => {
  const files = {
    'input/JPG/480p/a0001.jpg': 1,
    'input/JPG/480p/a0002.jpg': 2,
    'input/JPG/480p/a0003.jpg': 3,
    'input/JPG/480p/a0004.jpg': 4,
    'input/PNG/480p_16bits_XYZ_WB/a0001.png': 1,
    'expertC/JPG/480p/a0001.jpg': 1,
    'expertC/JPG/480p/a0002.jpg': 2,
    'expertC/JPG/480p/a0003.jpg': 3,
    'expertC/JPG/480p/a0004.jpg': 4,
    'train_input.txt': 'a0001\na0005\n',
    'train_label.txt': 'a0002\n',
    'test.txt': 'a0003\n',
  };

  it('takes sRGB inputs, both training lists, and keeps the test list for the prediction', async () => {
    const { dataset, rows } = await read(files);
    expect(dataset.layout).toBe('fivek-export');
    expect(rows.map((row) => row['input'])).toEqual([
      'input/JPG/480p/a0001.jpg',
      'input/JPG/480p/a0002.jpg',
      'input/JPG/480p/a0003.jpg',
    ]);
    expect(rows.map((row) => row['split']).sort()).toEqual(['predict', 'test', 'train']);
    expect(rows[2]).toMatchObject({ split: 'predict', group: 'fivek/a0003' });
    expect(dataset.notes.join('; ')).toMatch(
      /1 listed names have no input, 'a0005' first; 1 inputs that are in no list/,
    );
  });

  it('takes the size that is asked for, and says which there are when it is not there', async () => {
    const original = { 'input/PNG/original/a0001.png': 7, 'expertC/PNG/original/a0001.png': 7 };
    const { rows } = await read({ ...files, ...original }, 'fivek-export,size=original:');
    expect(rows.map((row) => row['input'])).toEqual(['input/PNG/original/a0001.png']);
    await expect(read(files, 'fivek-export,size=original:')).rejects.toThrow(
      /input: has JPG\/480p, PNG\/480p_16bits_XYZ_WB, expected original/,
    );
  });

  it('whose lists share a name is a leak', async () => {
    await expect(read({ ...files, 'test.txt': 'a0001\n' })).rejects.toMatchObject({ code: 'LEAK' });
  });
});

describe('pairs of one’s own', () => {
  it('have equal names in input and target, whatever their endings', async () => {
    const { dataset, rows } = await read({
      'input/x/one.jpg': 1,
      'target/x/one.png': 1,
      'input/b c.jpg': 2,
      'target/b c.jpg': 2,
    });
    expect(dataset).toMatchObject({ layout: 'input-target', problems: [] });
    expect(rows.map((row) => [row['input'], row['file']])).toEqual([
      ['input/b c.jpg', 'target/b c.jpg'],
      ['input/x/one.jpg', 'target/x/one.png'],
    ]);
  });

  it('may lie in parts: the same name in two parts is another scene', async () => {
    const { rows } = await read({
      'train/input/1.jpg': 1,
      'train/target/1.jpg': 1,
      'val/input/1.jpg': 2,
      'val/target/1.jpg': 2,
      'test/input/1.jpg': 3,
      'test/target/1.jpg': 3,
    });
    expect(rows.map((row) => [row['group'], row['split']])).toEqual([
      ['test/1', 'predict'],
      ['train/1', 'train'],
      ['val/1', 'test'],
    ]);
  });

  it('say which file has no counterpart', async () => {
    const { dataset } = await read({ 'input/1.jpg': 1, 'target/1.jpg': 1, 'target/2.jpg': 2 });
    expect(dataset.problems).toMatchObject([{ problem: 'has no input' }]);
  });
});

describe('pictures without a manifest', () => {
  it('in a folder are good photographs, with the licence that the user gives', async () => {
    const { dataset, rows } = await read({ 'one.jpg': 1, 'two.png': 2, 'notes.txt': 'x' });
    expect(dataset).toMatchObject({ layout: 'photographs', notes: ['1 files that are not pictures left out'] });
    expect(rows.map((row) => [row['kind'], row['licence']])).toEqual([
      ['photo', 'unknown'],
      ['photo', 'unknown'],
    ]);
    const named = await read({ 'album/one.jpg': 1 }, 'photographs,licence=CC0-1.0:');
    expect(named.rows).toMatchObject([{ file: 'album/one.jpg', licence: 'CC0-1.0' }]);
  });

  it('in sub-folders are not taken for good ones unasked', async () => {
    await expect(read({ 'a/one.jpg': 1, 'b/one.jpg': 1 })).rejects.toThrow(/not a data set of a known layout/);
  });

  it('that are Radiance files are panoramas', async () => {
    const { dataset, rows } = await read({ 'sky.hdr': radianceFile(1), 'in/room.hdr': radianceFile(2) });
    expect(dataset.layout).toBe('panoramas');
    expect(rows.map((row) => row['kind'])).toEqual(['panorama', 'panorama']);
  });
});

describe('a collection with a manifest', () => {
  it('keeps kinds, licences, series and splits', async () => {
    const manifest = [
      'file,kind,eye,licence',
      'photos/a-1.jpg,photo,ok,CC0-1.0',
      'photos/a-2.jpg,photo,lowkey,CC-BY-4.0',
      'hdri/b.hdr,hdri,ok,CC0-1.0',
      'native/a-3.png,native,ok,CC0-1.0',
    ];
    const { dataset, rows } = await read({ 'manifest.csv': manifest.join('\n') });
    expect(dataset.layout).toBe('collection');
    expect(rows.map((row) => row['kind'])).toEqual(['photo', 'lowkey', 'panorama', 'native']);
    expect(rows[0]?.['group']).toBe(rows[1]?.['group']);
    // A crop lies in the split of its photograph.
    expect(rows[3]?.['group']).toBe(rows[0]?.['group']);
    expect(rows[1]?.['licence']).toBe('CC-BY-4.0');
  });
});
