import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assignSplits } from '@evenlight/trainer/src/dataset/split.ts';
import { readCollection } from '@evenlight/trainer/src/dataset/collection.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-collection-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const header = 'file,kind,eye,licence,author,source_repo,source_path\n';

async function collection(rows: readonly string[]): Promise<ReturnType<typeof readCollection>> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'manifest.csv'), header + rows.join('\n'));
  return readCollection(folder, 1);
}

describe('a collection of photographs', () => {
  it('keeps a series in one split', async () => {
    const items = await collection(
      Array.from({ length: 40 }, (_, i) => `photos/team-${i}.jpg,photo,ok,CC0-1.0,A,repo,path`),
    );
    expect(new Set(items.map((item) => item.split)).size).toBe(1);
  });

  it('says where each photograph comes from', async () => {
    const [item] = await collection(['photos/a.jpg,photo,lowkey,CC-BY-4.0,Ann,owner/repo,img/a.jpg']);
    expect(item).toMatchObject({ eye: 'lowkey', author: 'Ann', licence: 'CC-BY-4.0', source: 'owner/repo/img/a.jpg' });
  });

  it('names the row and column that it cannot read', async () => {
    await expect(collection(['photos/a.jpg,photo,bright,CC0,A,r,p'])).rejects.toThrow(/row 2, column 'eye'/);
  });

  it('that is missing or empty is one clear error', async () => {
    await expect(readCollection(folder, 1)).rejects.toMatchObject({ code: 'BAD_DATASET' });
    await expect(collection([])).rejects.toThrow(/lists no photographs/);
  });
});

describe('splits', () => {
  const groups = Array.from({ length: 2000 }, (_, i) => `scene ${i}`);

  it('are about 85, 10 and 5 percent, and the same for the same seed', () => {
    const splits = assignSplits(groups, 7);
    const share = (name: string): number => splits.filter((split) => split === name).length / splits.length;
    expect(share('test')).toBeCloseTo(0.1, 1);
    expect(share('predict')).toBeCloseTo(0.05, 1);
    expect(assignSplits(groups, 7)).toEqual(splits);
    expect(assignSplits(groups, 8)).not.toEqual(splits);
  });

  it('do not move when groups are added', () => {
    expect(assignSplits([...groups, 'new'], 7).slice(0, groups.length)).toEqual(assignSplits(groups, 7));
  });
});
